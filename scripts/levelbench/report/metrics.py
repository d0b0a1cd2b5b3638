"""Values of the metric table's metrics: where they stand in results.json, and their cells."""

from collections.abc import Sequence

from levelbench.analysis.text import error_rate
from levelbench.model.estimate import Estimate, Measured
from levelbench.model.metric import Metric
from levelbench.model.metrics import ERRORS
from levelbench.model.results import EndpointResults, ServiceResults, ServiceSummary
from levelbench.model.vocabulary import Container, Endpoint
from levelbench.report.tables.cells import estimate_cell, share_cell
from levelbench.report.tables.table import Cell, pointer

CONTAINER_LABELS: dict[Container, str] = {
    "service": "Contestant",
    "worker": "Worker",
    "postgres": "PostgreSQL",
    "redis": "Redis",
    "k6": "Load generator",
}


def value(metric: Metric, service: ServiceResults, summary: ServiceSummary) -> Estimate | None:
    """A service's value under one workload; None where the metric does not apply."""
    return (summary if metric.of_run else service).estimate(metric)


def cell(
    metric: Metric, workload: str, name: str, service: ServiceResults, summary: ServiceSummary
) -> Cell:
    place = () if metric.of_run else ("workloads", workload)
    return _cell(metric, value(metric, service, summary), (*place, "services", name))


def endpoint_cell(
    metric: Metric, workload: str, name: str, endpoint: Endpoint, found: EndpointResults
) -> Cell:
    place = ("workloads", workload, "services", name, "endpoints", endpoint)
    return metric_cell(metric, found, place)


def metric_cell(metric: Metric, found: Measured, place: Sequence[str]) -> Cell:
    """`place`: where `found` stands in results.json."""
    return _cell(metric, found.estimate(metric), place)


def figure_of(metric: Metric, estimate: Estimate | None, place: Sequence[str]) -> str | None:
    """Place of a value in results.json; None for a nested one that it does not have."""
    group, _, nested = metric.name.partition(".")
    if nested and estimate is None:
        return None
    return pointer(*place, group, *([nested] if nested else []))


def _cell(metric: Metric, estimate: Estimate | None, place: Sequence[str]) -> Cell:
    at = figure_of(metric, estimate, place)
    if metric == ERRORS:
        rate = estimate.value if estimate else None
        return Cell(error_rate(rate), tone="bad" if rate else "", figure=at)
    show = share_cell if metric.is_share else estimate_cell
    return show(estimate, at)
