"""The chart of CPU time per request by container."""

import altair as alt

from levelbench.model.folder import Run
from levelbench.model.metrics import CPU_OF
from levelbench.model.results import Results
from levelbench.model.vocabulary import CONTAINERS
from levelbench.report.charts.rows import CONTESTANT, INTERVAL, contestants, names, row
from levelbench.report.drawing import COLORS, MUTED_MARK, ROW_HEIGHT, Chart
from levelbench.report.metrics import CONTAINER_LABELS
from levelbench.report.standing import ordered
from levelbench.report.tables.detail import resources
from levelbench.report.words import load_name


def split(results: Results, run: Run, workload: str) -> Chart | None:
    services = results.workloads[workload].services
    rows = [
        row(
            estimate,
            contestant=results.services[name].display_name,
            container=CONTAINER_LABELS[container],
            place=place,
        )
        for name in ordered(results, workload)
        for place, container in enumerate(CONTAINERS)
        if (estimate := services[name].estimate(CPU_OF[container])) and estimate.value is not None
    ]
    if not rows:
        return None
    labels = [CONTAINER_LABELS[container] for container in CONTAINERS]
    bars = (
        alt.Chart(alt.InlineData(values=rows))
        # A gap in the page's colour separates neighbours not only by hue.
        .mark_bar(height=18, stroke="var(--card)", strokeWidth=1.5)
        .encode(
            y=contestants(rows),
            x=alt.X("value:Q", title="CPU ms/request", stack="zero"),
            color=alt.Color(
                "container:N",
                scale=alt.Scale(domain=labels, range=[*COLORS[: len(labels) - 1], MUTED_MARK]),
                legend=alt.Legend(title=None, orient="top", columns=2),
            ),
            order=alt.Order("place:Q"),
            tooltip=[
                CONTESTANT,
                alt.Tooltip("container:N", title="Container"),
                alt.Tooltip("value:Q", title="CPU ms/request", format=".3f"),
                INTERVAL,
            ],
        )
    )
    return Chart(
        f"cpu-{workload}",
        f"Where the CPU time goes: {load_name(workload)}",
        "CPU milliseconds per request, by container. Less is better.",
        bars,
        height=ROW_HEIGHT * len(names(rows)),
        table=resources(results, run, workload),
    )
