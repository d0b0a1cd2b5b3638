"""Charts as Vega-Lite, and the libraries that draw them, all within the one file.

Text and axes take the page's own colour (`currentColor`), so that one drawing serves the
light page, the dark page and the printed one. Each chart has its table in the report.
"""

from dataclasses import dataclass
from functools import cache
from typing import Any

import altair as alt
import vl_convert

from levelbench.report.metrics import CONTAINER_LABELS
from levelbench.report.numbers import interval
from levelbench.report.standing import ordered
from levelbench.results import Results
from levelbench.words import CONTAINERS

VEGA_LITE = "v" + alt.SCHEMA_VERSION.removeprefix("v").rpartition(".")[0]
STATIC_WIDTH = 640
INK = "currentColor"
MARK = "#3a82c9"
MUTED_MARK = "#8a8f98"
# Okabe and Ito, "Color Universal Design" (2008): told apart by colour-blind readers too.
CONTAINER_COLORS = ("#3a82c9", "#e69f00", "#009e73", "#cc79a7", "#8a8f98")


@dataclass(frozen=True)
class Chart:
    """A specification for the browser, and its drawing for where no script runs."""

    id: str
    title: str
    description: str
    spec: dict[str, Any]
    svg: str


@cache
def library() -> str:
    """Vega, Vega-Lite and Vega-Embed as one script that loads nothing from anywhere."""
    script: str = vl_convert.javascript_bundle(
        "window.vegaEmbed = vegaEmbed;", vl_version=VEGA_LITE
    )
    return script


def all_charts(results: Results, workload: str) -> list[Chart]:
    drawn = (throughput(results, workload), cpu_split(results, workload))
    return [chart for chart in drawn if chart]


def throughput(results: Results, workload: str) -> Chart | None:
    services = results.workloads[workload].services
    rows = []
    for name in ordered(results, workload):
        estimate = services[name].throughput_rps
        if estimate.value is None:
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
        alt.Tooltip("value:Q", title="Requests/s", format=",.1f"),
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
        x=alt.X("value:Q", title="requests/s", scale=alt.Scale(zero=True)), color=color
    )
    whiskers = base.mark_rule(strokeWidth=2.5, color=INK).encode(x="low:Q", x2="high:Q")
    dots = base.mark_point(filled=True, size=45, opacity=1).encode(x="value:Q", color=color)
    return _chart(
        f"throughput-{workload}",
        f"Throughput with 95% intervals: {workload}",
        "Requests a second of each contestant, more is better; the line through each dot is its "
        "95% confidence interval. Grey: not ranked.",
        bars + whiskers + dots,
        rows=len(rows),
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
                scale=alt.Scale(domain=labels, range=list(CONTAINER_COLORS)),
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
    return _chart(
        f"cpu-{workload}",
        f"Where the CPU time goes: {workload}",
        "CPU milliseconds a request, by container; less is better.",
        bars,
        rows=len({row["contestant"] for row in rows}),
    )


def _contestants(rows: list[dict[str, Any]]) -> alt.Y:
    order = list(dict.fromkeys(row["contestant"] for row in rows))
    return alt.Y("contestant:N", sort=order, title=None)


def _chart(
    identity: str, title: str, description: str, chart: alt.Chart | alt.LayerChart, *, rows: int
) -> Chart:
    def sized(width: int | str) -> dict[str, Any]:
        spec: dict[str, Any] = (
            chart.properties(width=width, height=34 * rows, description=description)
            .configure(background="transparent", font="system-ui, sans-serif")
            .configure_axis(
                labelColor=INK,
                titleColor=INK,
                tickColor=INK,
                domainColor=INK,
                gridColor=INK,
                gridOpacity=0.12,
                labelFontSize=13,
                titleFontSize=12,
                titleFontWeight="normal",
            )
            .configure_axisY(grid=False, ticks=False, domain=False, labelPadding=8)
            .configure_view(stroke=None)
            .to_dict()
        )
        return spec

    svg = vl_convert.vegalite_to_svg(sized(STATIC_WIDTH), vl_version=VEGA_LITE)
    return Chart(identity, title, description, sized("container"), svg)
