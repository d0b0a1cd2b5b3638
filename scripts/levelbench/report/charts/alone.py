"""Charts of isolated endpoints: all contestants, endpoint by endpoint.

Axes are logarithmic, because a hash costs ten times as much as a page of orders, and ratios are
compared.
"""

import altair as alt

from levelbench.model.folder import Run
from levelbench.model.metrics import CPU, THROUGHPUT, Metric
from levelbench.model.results import Results
from levelbench.model.vocabulary import ENDPOINTS
from levelbench.report.charts.rows import (
    CONTESTANT,
    INTERVAL,
    Row,
    layers,
    names,
    on_logarithmic_axis,
    row,
)
from levelbench.report.drawing import LOGARITHMIC, Chart, marked
from levelbench.report.standing import ordered
from levelbench.report.tables.alone import each_endpoint
from levelbench.report.tables.detail import resources
from levelbench.report.tables.table import Table

LINE_HEIGHT = 15
"""Pixels for one contestant on one endpoint."""


def throughput(results: Results, run: Run, workload: str) -> Chart | None:
    return _each(
        results,
        workload,
        f"throughput-{workload}",
        "Throughput of each endpoint by itself, with 95% intervals",
        "Requests/s on a logarithmic axis. More is better.",
        "requests/s",
        THROUGHPUT,
        each_endpoint(results, workload),
    )


def cpu(results: Results, run: Run, workload: str) -> Chart | None:
    return _each(
        results,
        workload,
        f"cpu-{workload}",
        "CPU per request of each endpoint by itself, with 95% intervals",
        "Milliseconds of the contestant's CPU time per request on a logarithmic axis. Less is "
        "better.",
        "CPU ms/request",
        CPU,
        resources(results, run, workload),
    )


def _each(
    results: Results,
    workload: str,
    identity: str,
    title: str,
    description: str,
    unit: str,
    metric: Metric,
    table: Table,
) -> Chart | None:
    rows = _rows(results, workload, metric)
    if not rows:
        return None
    shown = names(rows)
    color, shape = marked(results, shown)
    base = alt.Chart(alt.InlineData(values=rows)).encode(
        y=alt.Y("endpoint:N", sort=list(ENDPOINTS), title=None),
        yOffset=alt.YOffset("contestant:N", sort=shown),
        color=color,
        tooltip=[
            CONTESTANT,
            alt.Tooltip("endpoint:N", title="Endpoint"),
            alt.Tooltip("value:Q", title=unit, format=",.3~f"),
            INTERVAL,
        ],
    )
    x = alt.X("value:Q", title=unit, scale=LOGARITHMIC)
    whiskers = base.mark_rule(strokeWidth=2.5).encode(x=alt.X("low:Q"), x2="high:Q")
    dots = base.mark_point(filled=True, size=55, opacity=1).encode(x=x, shape=shape)
    height = LINE_HEIGHT * len(shown) * len({row["endpoint"] for row in rows})
    return Chart(
        identity,
        title,
        description,
        layers(rows, dots, whiskers=whiskers),
        height=height,
        table=table,
    )


def _rows(results: Results, workload: str, metric: Metric) -> list[Row]:
    services = results.workloads[workload].services
    return [
        on_logarithmic_axis(
            row(estimate, contestant=results.services[name].display_name, endpoint=endpoint)
        )
        for name in ordered(results, workload)
        for endpoint, figures in services[name].endpoints.items()
        if (estimate := figures.estimate(metric))
        and estimate.value  # a logarithmic axis has no place for 0
    ]
