"""The chart of the primary metric, with intervals."""

import altair as alt

from levelbench.model import workloads
from levelbench.model.results import Results
from levelbench.report.charts.rows import CONTESTANT, INTERVAL, contestants, layers, row
from levelbench.report.drawing import INK, MARK, MUTED_MARK, ROW_HEIGHT, Chart
from levelbench.report.metrics import value
from levelbench.report.standing import ordered
from levelbench.report.tables.contestants import head_to_head
from levelbench.report.words import load_name


def primary(results: Results, workload: str) -> Chart | None:
    services = results.workloads[workload].services
    shown = workloads.of(workload).primary
    rows = [
        row(
            estimate,
            contestant=results.services[name].display_name,
            trials=services[name].trials,
            kind="ranked" if services[name].rank else "not ranked",
        )
        for name in ordered(results, workload)
        if (estimate := value(shown, services[name], results.services[name]))
        and estimate.value is not None
    ]
    if not rows:
        return None
    tooltip = [
        CONTESTANT,
        alt.Tooltip("value:Q", title=shown.heading, format=",.1f"),
        INTERVAL,
        alt.Tooltip("trials:Q", title="Measurements"),
    ]
    base = alt.Chart(alt.InlineData(values=rows)).encode(y=contestants(rows), tooltip=tooltip)
    color = alt.Color(
        "kind:N",
        scale=alt.Scale(domain=["ranked", "not ranked"], range=[MARK, MUTED_MARK]),
        legend=None,
    )
    bars = base.mark_bar(height=18, opacity=0.4).encode(
        x=alt.X("value:Q", title=shown.heading, scale=alt.Scale(zero=True)), color=color
    )
    whiskers = base.mark_rule(strokeWidth=2.5, color=INK).encode(x="low:Q", x2="high:Q")
    dots = base.mark_point(filled=True, size=45, opacity=1).encode(x="value:Q", color=color)
    return Chart(
        f"primary-{workload}",
        f"{shown.label} with 95% intervals: {load_name(workload)}",
        f"{shown.heading}. {shown.better.capitalize()} is better. The line through each dot is its "
        "95% confidence interval. Grey contestants are not ranked.",
        layers(rows, bars, dots, whiskers=whiskers),
        height=ROW_HEIGHT * len(rows),
        table=head_to_head(results, workload),
    )
