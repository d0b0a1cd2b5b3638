"""Charts of a mix. Each has its table in the report."""

from typing import Any

import altair as alt

from levelbench import workloads
from levelbench.report import alone_charts
from levelbench.report.drawing import COLORS, INK, MARK, MUTED_MARK, ROW_HEIGHT, Chart, draw
from levelbench.report.metrics import CONTAINER_LABELS, metric
from levelbench.report.numbers import interval
from levelbench.report.standing import ordered
from levelbench.results import Results
from levelbench.words import CONTAINERS


def all_charts(results: Results, workload: str) -> list[Chart]:
    """The charts of a workload, without those that have no figure to show."""
    if workloads.of(workload).alone:
        drawn = alone_charts.throughput(results, workload), alone_charts.cpu(results, workload)
    else:
        drawn = primary(results, workload), cpu_split(results, workload)
    return [chart for chart in drawn if chart]


def primary(results: Results, workload: str) -> Chart | None:
    """The primary metric of each contestant, with its interval."""
    services = results.workloads[workload].services
    shown = metric(workloads.of(workload).primary)
    rows = []
    for name in ordered(results, workload):
        estimate = shown.read(services[name], results.services[name])
        if estimate is None or estimate.value is None:
            continue
        bounds = estimate.confidence_interval
        rows.append(
            {
                "contestant": name,
                "value": estimate.value,
                "low": bounds.low if bounds else None,
                "high": bounds.high if bounds else None,
                "interval": interval(estimate) or "fewer than 3 trials",
                "trials": services[name].trials,
                "kind": "ranked" if services[name].rank else "not ranked",
            }
        )
    if not rows:
        return None
    tooltip = [
        alt.Tooltip("contestant:N", title="Contestant"),
        alt.Tooltip("value:Q", title=shown.heading, format=",.1f"),
        alt.Tooltip("interval:N", title="95% interval"),
        alt.Tooltip("trials:Q", title="Trials"),
    ]
    base = alt.Chart(alt.InlineData(values=rows)).encode(y=_contestants(rows), tooltip=tooltip)
    color = alt.Color(
        "kind:N",
        scale=alt.Scale(domain=["ranked", "not ranked"], range=[MARK, MUTED_MARK]),
        legend=None,
    )
    bars = base.mark_bar(height=18, opacity=0.35).encode(
        x=alt.X("value:Q", title=shown.unit, scale=alt.Scale(zero=True)), color=color
    )
    whiskers = base.mark_rule(strokeWidth=2.5, color=INK).encode(x="low:Q", x2="high:Q")
    dots = base.mark_point(filled=True, size=45, opacity=1).encode(x="value:Q", color=color)
    return draw(
        f"primary-{workload}",
        f"{shown.label} with 95% intervals: {workload}",
        f"{shown.heading}, of each contestant, {shown.better} is better; the line through each dot "
        "is its 95% confidence interval. Grey: not ranked.",
        bars + whiskers + dots,
        height=ROW_HEIGHT * len(rows),
    )


def cpu_split(results: Results, workload: str) -> Chart | None:
    services = results.workloads[workload].services
    rows = [
        {
            "contestant": name,
            "container": CONTAINER_LABELS[container],
            "cpu": estimate.value,
            "place": place,
            "interval": interval(estimate) or "fewer than 3 trials",
        }
        for name in ordered(results, workload)
        for place, container in enumerate(CONTAINERS)
        if (estimate := getattr(services[name].cpu_ms_per_request, container)).value is not None
    ]
    if not rows:
        return None
    labels = [CONTAINER_LABELS[container] for container in CONTAINERS]
    bars = (
        alt.Chart(alt.InlineData(values=rows))
        .mark_bar(height=18)
        .encode(
            y=_contestants(rows),
            x=alt.X("cpu:Q", title="CPU ms/request", stack="zero"),
            color=alt.Color(
                "container:N",
                scale=alt.Scale(domain=labels, range=[*COLORS[: len(labels) - 1], MUTED_MARK]),
                legend=alt.Legend(title=None, orient="top", columns=3, labelColor=INK),
            ),
            order=alt.Order("place:Q"),
            tooltip=[
                alt.Tooltip("contestant:N", title="Contestant"),
                alt.Tooltip("container:N", title="Container"),
                alt.Tooltip("cpu:Q", title="CPU ms/request", format=".3f"),
                alt.Tooltip("interval:N", title="95% interval"),
            ],
        )
    )
    return draw(
        f"cpu-{workload}",
        f"Where the CPU time goes: {workload}",
        "CPU milliseconds a request, by container; less is better.",
        bars,
        height=ROW_HEIGHT * len({row["contestant"] for row in rows}),
    )


def _contestants(rows: list[dict[str, Any]]) -> alt.Y:
    order = list(dict.fromkeys(row["contestant"] for row in rows))
    return alt.Y("contestant:N", sort=order, title=None)
