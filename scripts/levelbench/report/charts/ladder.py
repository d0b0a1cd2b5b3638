"""The chart of latency by offered rate, up to each contestant's limit."""

import altair as alt

from levelbench.model.folder import Run
from levelbench.model.results import Results
from levelbench.report.charts.rows import (
    CONTESTANT,
    INTERVAL,
    layers,
    names,
    on_logarithmic_axis,
    row,
)
from levelbench.report.drawing import INK, LOGARITHMIC, Chart, marked
from levelbench.report.standing import ordered
from levelbench.report.tables import ladder
from levelbench.report.words import load_name

HEIGHT = 260


def latency(results: Results, run: Run, workload: str) -> Chart | None:
    rows = [
        on_logarithmic_axis(
            row(
                step.latency_p95_ms,
                contestant=results.services[name].display_name,
                offered=step.offered_rps,
                trials=step.trials,
            )
        )
        for name in ordered(results, workload)
        for step in ladder.of_contestant(run, workload, name)
        if step.latency_p95_ms.value
    ]
    if not rows:
        return None
    color, shape = marked(results, names(rows))
    base = alt.Chart(alt.InlineData(values=rows)).encode(
        x=alt.X("offered:Q", title="Offered, requests/s", scale=alt.Scale(zero=False)),
        color=color,
        tooltip=[
            CONTESTANT,
            alt.Tooltip("offered:Q", title="Offered, requests/s", format=",.0f"),
            alt.Tooltip("value:Q", title="p95 latency, ms", format=",.1f"),
            INTERVAL,
            alt.Tooltip("trials:Q", title="Measurements"),
        ],
    )
    y = alt.Y("value:Q", title="p95 latency, ms", scale=LOGARITHMIC)
    plot = layers(
        rows,
        base.mark_line(strokeWidth=1.5).encode(y=y),
        base.mark_point(filled=True, size=50, opacity=1).encode(y=y, shape=shape),
        whiskers=base.mark_rule(strokeWidth=2).encode(y="low:Q", y2="high:Q"),
    )
    objective = results.workloads[workload].parameters.objective_ms
    limit = ""
    if objective:
        limit = f" The dashed line is the objective, {objective} ms."
        plot += _bound(objective)
    return Chart(
        f"offered-{workload}",
        f"Latency by offered rate: {load_name(workload)}",
        "p95 latency at each offered rate, on a logarithmic axis. Less is better. A line ends "
        f"where a measurement dropped requests or was not offered the rate.{limit}",
        plot,
        height=HEIGHT,
        table=ladder.steps(results, run, workload),
    )


def _bound(objective_ms: int) -> alt.Chart:
    """A dashed line at the latency objective."""
    values = alt.InlineData(values=[{"objective": objective_ms}])
    line: alt.Chart = alt.Chart(values).mark_rule(strokeDash=[5, 4], color=INK)
    return line.encode(y="objective:Q")
