"""Charts of each endpoint alone: the contestants' figures beside each other, endpoint by endpoint.

Their axes are logarithmic: a hash costs ten times what a page of orders does, and what is compared
are ratios.
"""

from collections.abc import Callable
from typing import Any

import altair as alt

from levelbench.report.drawing import COLORS, INK, MUTED_MARK, Chart, draw
from levelbench.report.numbers import interval
from levelbench.report.standing import ordered
from levelbench.results import EndpointResults, Estimate, Results
from levelbench.words import ENDPOINTS

LINE_HEIGHT = 15
"""Pixels for one contestant on one endpoint."""


def throughput(results: Results, workload: str) -> Chart | None:
    return _each(
        results,
        workload,
        f"throughput-{workload}",
        "Throughput of each endpoint alone, with 95% intervals",
        "Requests a second on a logarithmic axis, more is better; the line through each dot is its "
        "95% confidence interval.",
        "requests/s",
        lambda figures: figures.throughput_rps,
    )


def cpu(results: Results, workload: str) -> Chart | None:
    return _each(
        results,
        workload,
        f"cpu-{workload}",
        "CPU a request of each endpoint alone, with 95% intervals",
        "Milliseconds of the contestant's CPU for one request on a logarithmic axis, less is "
        "better; the line through each dot is its 95% confidence interval.",
        "CPU ms/request",
        lambda figures: (
            figures.cpu_ms_per_request.service if figures.cpu_ms_per_request else Estimate()
        ),
    )


def _each(
    results: Results,
    workload: str,
    identity: str,
    title: str,
    description: str,
    unit: str,
    read: Callable[[EndpointResults], Estimate],
) -> Chart | None:
    rows = _rows(results, workload, read)
    if not rows:
        return None
    names = list(dict.fromkeys(row["contestant"] for row in rows))
    base = alt.Chart(alt.InlineData(values=rows)).encode(
        y=alt.Y("endpoint:N", sort=list(ENDPOINTS), title=None),
        yOffset=alt.YOffset("contestant:N", sort=names),
        color=alt.Color(
            "contestant:N",
            sort=names,
            scale=alt.Scale(domain=names, range=_colors(results, names)),
            legend=alt.Legend(title=None, orient="top", columns=5, labelColor=INK),
        ),
        tooltip=[
            alt.Tooltip("contestant:N", title="Contestant"),
            alt.Tooltip("endpoint:N", title="Endpoint"),
            alt.Tooltip("value:Q", title=unit, format=",.3~f"),
            alt.Tooltip("interval:N", title="95% interval"),
        ],
    )
    x = alt.X("value:Q", title=unit, scale=alt.Scale(type="log", nice=True))
    whiskers = base.mark_rule(strokeWidth=2.5).encode(x=alt.X("low:Q"), x2="high:Q")
    dots = base.mark_point(filled=True, size=45, opacity=1).encode(x=x)
    height = LINE_HEIGHT * len(names) * len({row["endpoint"] for row in rows})
    return draw(identity, title, description, dots + whiskers, height=height)


def _rows(
    results: Results, workload: str, read: Callable[[EndpointResults], Estimate]
) -> list[dict[str, Any]]:
    services = results.workloads[workload].services
    rows = []
    for name in ordered(results, workload):
        for endpoint, figures in services[name].endpoints.items():
            estimate = read(figures)
            if not estimate.value:  # a logarithmic axis has no place for 0
                continue
            bounds = estimate.confidence_interval
            rows.append(
                {
                    "contestant": name,
                    "endpoint": endpoint,
                    "value": estimate.value,
                    # An interval that reaches to 0 has no end on this axis: the dot stands alone.
                    "low": bounds.low if bounds and bounds.low else None,
                    "high": bounds.high if bounds and bounds.low else None,
                    "interval": interval(estimate) or "fewer than 3 trials",
                }
            )
    return rows


def _colors(results: Results, names: list[str]) -> list[str]:
    """Contestants in colour; references and exhibits in grey."""
    contestants = [name for name in names if results.services[name].role == "contestant"]
    colors = {name: COLORS[i % len(COLORS)] for i, name in enumerate(contestants)}
    return [colors.get(name, MUTED_MARK) for name in names]
