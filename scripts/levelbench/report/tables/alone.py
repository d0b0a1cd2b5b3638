"""Tables of isolated endpoints: all contestants per endpoint, and the baseline."""

from levelbench.analysis.text import UNDEFINED
from levelbench.model.metrics import CPU_RATIO
from levelbench.model.results import EndpointResults, Results
from levelbench.model.vocabulary import ENDPOINTS, Endpoint
from levelbench.report.metrics import endpoint_cell
from levelbench.report.standing import ordered, ordered_on
from levelbench.report.tables.contestants import (
    DATABASE_BOUND,
    ROLES,
    adjusted_notes,
    baselines,
    header,
    reference_notes,
    shown,
)
from levelbench.report.tables.table import Cell, Column, Table
from levelbench.report.words import INTERVALS


def each_endpoint(results: Results, workload: str, *, terminal: bool = False) -> Table:
    """A row per endpoint and contestant, highest throughput first."""
    metrics = shown(results, workload, terminal=terminal)
    services = results.workloads[workload].services
    rows = [
        (
            Cell(endpoint),
            _name(results, name, found),
            *(endpoint_cell(m, workload, name, endpoint, found) for m in metrics),
        )
        for endpoint in ENDPOINTS
        for name in ordered_on(results, workload, endpoint)
        if (found := services[name].endpoints[endpoint])
    ]
    failed = [
        (
            Cell(UNDEFINED),
            Cell(summary.display_name, "failed, see Findings", "bad"),
            *(Cell(UNDEFINED, tone="muted") for _ in metrics),
        )
        for summary in results.services.values()
        if summary.failure
    ]
    return Table(
        "Each endpoint by itself",
        (
            Column("Endpoint", numeric=False),
            Column("Contestant", numeric=False),
            *(Column(metric.heading, short=metric.short) for metric in metrics),
        ),
        (*rows, *failed),
        (
            INTERVALS,
            "There is no rank over all endpoints: it would depend on their weights.",
            *reference_notes(results, workload, metrics),
            *adjusted_notes(results, workload),
        ),
    )


def times_the_reference(results: Results, workload: str) -> Table:
    """CPU per request relative to the reference, with a column per endpoint."""
    services = results.workloads[workload].services

    def cell(name: str, endpoint: Endpoint) -> Cell:
        found = services[name].endpoints.get(endpoint)
        if found is None:
            return Cell(UNDEFINED, tone="muted")
        return endpoint_cell(CPU_RATIO, workload, name, endpoint, found)

    return Table(
        "CPU per request relative to baseline",
        (Column("Contestant", numeric=False), *(Column(endpoint) for endpoint in ENDPOINTS)),
        tuple(
            (header(results.services[name]), *(cell(name, e) for e in ENDPOINTS))
            for name in ordered(results, workload)
            if services[name].trials and results.services[name].role != "reference"
        )
        if _has_reference(results, workload)
        else (),
        (
            "The framework's cost for the same work: 1 is the baseline, "
            f"{baselines(results, workload)} with plain SQL.",
        ),
    )


def _has_reference(results: Results, workload: str) -> bool:
    return any(
        found.estimate(CPU_RATIO)
        for service in results.workloads[workload].services.values()
        for found in service.endpoints.values()
    )


def _name(results: Results, name: str, found: EndpointResults) -> Cell:
    summary = results.services[name]
    notes = [
        *([ROLES[summary.role]] if summary.role in ROLES else []),
        *([DATABASE_BOUND] if found.database_bound else []),
    ]
    return Cell(summary.display_name, ", ".join(notes) or None)
