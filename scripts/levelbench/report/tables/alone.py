"""Each endpoint alone: the contestants on one endpoint alongside each other, and the reference."""

from levelbench.analysis.text import UNDEFINED
from levelbench.model.metrics import CPU_RATIO
from levelbench.model.results import EndpointResults, Results
from levelbench.model.vocabulary import ENDPOINTS, Endpoint
from levelbench.report.metrics import endpoint_cell
from levelbench.report.standing import ordered, ordered_on
from levelbench.report.tables.cells import estimate_cell
from levelbench.report.tables.contestants import DATABASE_BOUND, header, reference_notes, shown
from levelbench.report.tables.table import Cell, Column, Table


def each_endpoint(results: Results, workload: str, *, terminal: bool = False) -> Table:
    """A row for each endpoint and contestant, the one with the highest throughput first."""
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
            Cell(name, "failed, see the findings", "bad"),
            *(Cell(UNDEFINED, tone="muted") for _ in metrics),
        )
        for name, summary in results.services.items()
        if summary.failure
    ]
    return Table(
        "Each endpoint alone",
        (
            Column("Endpoint", numeric=False),
            Column("Contestant", numeric=False),
            *(Column(metric.heading) for metric in metrics),
        ),
        (*rows, *failed),
        (
            "With each figure its 95% confidence interval over trials; none with fewer than 3. "
            "There is no rank over all endpoints: it would hang on how they are weighed.",
            *reference_notes(metrics),
        ),
    )


def times_the_reference(results: Results, workload: str) -> Table:
    """CPU per request as a multiple of the reference's, a column an endpoint."""
    services = results.workloads[workload].services

    def cell(name: str, endpoint: Endpoint) -> Cell:
        found = services[name].endpoints.get(endpoint)
        return estimate_cell(found.estimate(CPU_RATIO) if found else None)

    return Table(
        "CPU per request, times the reference",
        (Column("Contestant", numeric=False), *(Column(endpoint) for endpoint in ENDPOINTS)),
        tuple(
            (header(name, results.services[name]), *(cell(name, e) for e in ENDPOINTS))
            for name in ordered(results, workload)
            if services[name].trials and results.services[name].role != "reference"
        )
        if _has_reference(results, workload)
        else (),
        ("What the framework adds to the same work; 1 is the reference (bare ASGI, own SQL).",),
    )


def _has_reference(results: Results, workload: str) -> bool:
    return any(
        found.estimate(CPU_RATIO)
        for service in results.workloads[workload].services.values()
        for found in service.endpoints.values()
    )


def _name(results: Results, name: str, found: EndpointResults) -> Cell:
    role = results.services[name].role
    notes = [
        *([] if role == "contestant" else [role]),
        *([DATABASE_BOUND] if found.database_bound else []),
    ]
    return Cell(name, ", ".join(notes) or None)
