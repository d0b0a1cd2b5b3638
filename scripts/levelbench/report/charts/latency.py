"""The chart of latency percentiles at a fixed rate."""

import altair as alt

from levelbench.model.metrics import of
from levelbench.model.results import Results
from levelbench.report.charts.rows import (
    CONTESTANT,
    INTERVAL,
    contestants,
    layers,
    names,
    on_logarithmic_axis,
    row,
)
from levelbench.report.drawing import COLORS, LOGARITHMIC, SHAPES, Chart
from levelbench.report.standing import ordered
from levelbench.report.tables.contestants import head_to_head
from levelbench.report.words import load_name

PERCENTILES = ("p50", "p95", "p99")
LINE_HEIGHT = 18
"""Pixels for one percentile of one contestant."""


def percentiles(results: Results, workload: str) -> Chart | None:
    """p50, p95 and p99 latency under an open workload."""
    measured = results.workloads[workload]
    rows = [
        on_logarithmic_axis(
            row(estimate, contestant=results.services[name].display_name, percentile=percentile)
        )
        for name in ordered(results, workload)
        for percentile in PERCENTILES
        if (estimate := measured.services[name].estimate(of(f"latency_{percentile}_ms")))
        and estimate.value
    ]
    if not rows:
        return None
    legend = alt.Legend(title=None, orient="top")
    base = alt.Chart(alt.InlineData(values=rows)).encode(
        y=contestants(rows),
        yOffset=alt.YOffset("percentile:N", sort=list(PERCENTILES)),
        color=alt.Color(
            "percentile:N",
            scale=alt.Scale(domain=list(PERCENTILES), range=[COLORS[0], COLORS[1], COLORS[4]]),
            legend=legend,
        ),
        tooltip=[
            CONTESTANT,
            alt.Tooltip("percentile:N", title="Percentile"),
            alt.Tooltip("value:Q", title="Latency, ms", format=",.2f"),
            INTERVAL,
        ],
    )
    x = alt.X("value:Q", title="Latency, ms", scale=LOGARITHMIC)
    shape = alt.Shape(
        "percentile:N",
        scale=alt.Scale(domain=list(PERCENTILES), range=list(SHAPES[: len(PERCENTILES)])),
        legend=legend,
    )
    whiskers = base.mark_rule(strokeWidth=2.5).encode(x="low:Q", x2="high:Q")
    dots = base.mark_point(filled=True, size=60, opacity=1).encode(x=x, shape=shape)
    return Chart(
        f"latency-{workload}",
        f"Latency with 95% intervals: {load_name(workload)}",
        f"Every contestant receives {measured.parameters.rate_rps} requests/s. Milliseconds "
        "from the moment a request was due, on a logarithmic axis. Less is better.",
        layers(rows, dots, whiskers=whiskers),
        height=LINE_HEIGHT * len(PERCENTILES) * len(names(rows)),
        table=head_to_head(results, workload),
    )
