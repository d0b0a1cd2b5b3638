"""Each endpoint alone: the contestants on one endpoint alongside each other, and the reference."""

from collections.abc import Sequence
from typing import Literal

from levelbench.analysis.text import UNDEFINED, error_rate
from levelbench.model.results import EndpointResults, Results
from levelbench.model.vocabulary import ENDPOINTS, Endpoint
from levelbench.report.standing import ordered, ordered_on
from levelbench.report.tables.cells import estimate_cell, share_cell
from levelbench.report.tables.contestants import DATABASE_BOUND, REFERENCE_NOTE, header
from levelbench.report.tables.table import Cell, Column, Table, pointer

Figure = Literal["throughput", "share", "cpu", "multiple", "errors"]

HEADINGS: dict[Figure, str] = {
    "throughput": "Throughput, requests/s",
    "share": "Share of reference",
    "cpu": "CPU a request, ms",
    "multiple": "Times reference",
    "errors": "Errors",
}
OF_REFERENCE: tuple[Figure, ...] = ("share", "multiple")

ALL: tuple[Figure, ...] = tuple(HEADINGS)


def each_endpoint(results: Results, workload: str, figures: Sequence[Figure] = ALL) -> Table:
    """A row for each endpoint and contestant, the one with the highest throughput first."""
    has_reference = _has_reference(results, workload)
    shown = [figure for figure in figures if has_reference or figure not in OF_REFERENCE]
    services = results.workloads[workload].services
    place = ("workloads", workload, "services")
    rows = [
        (
            Cell(endpoint),
            _name(results, name, found),
            *(_cell(figure, found, (*place, name, "endpoints", endpoint)) for figure in shown),
        )
        for endpoint in ENDPOINTS
        for name in ordered_on(results, workload, endpoint)
        if (found := services[name].endpoints[endpoint])
    ]
    failed = [
        (
            Cell(UNDEFINED),
            Cell(name, "failed, see the findings", "bad"),
            *(Cell(UNDEFINED, tone="muted") for _ in shown),
        )
        for name, summary in results.services.items()
        if summary.failure
    ]
    return Table(
        "Each endpoint alone",
        (
            Column("Endpoint", numeric=False),
            Column("Contestant", numeric=False),
            *(Column(HEADINGS[figure]) for figure in shown),
        ),
        (*rows, *failed),
        (
            "With each figure its 95% confidence interval over trials; none with fewer than 3. "
            "There is no rank over all endpoints: it would hang on how they are weighed.",
            *((REFERENCE_NOTE,) if has_reference else ()),
        ),
    )


def times_the_reference(results: Results, workload: str) -> Table:
    """CPU per request as a multiple of the reference's, a column an endpoint."""
    services = results.workloads[workload].services

    def cell(name: str, endpoint: Endpoint) -> Cell:
        found = services[name].endpoints.get(endpoint)
        return estimate_cell(found.cpu_ratio_to_reference if found else None)

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
        found.cpu_ratio_to_reference
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


def _cell(figure: Figure, found: EndpointResults, place: Sequence[str]) -> Cell:
    if figure == "throughput":
        return estimate_cell(found.throughput_rps, pointer(*place, "throughput_rps"))
    if figure == "share":
        return share_cell(
            found.throughput_ratio_to_reference, pointer(*place, "throughput_ratio_to_reference")
        )
    if figure == "cpu":
        cpu = found.cpu_ms_per_request
        at = pointer(*place, "cpu_ms_per_request", "service") if cpu else None
        return estimate_cell(cpu.service if cpu else None, at)
    if figure == "multiple":
        return estimate_cell(
            found.cpu_ratio_to_reference, pointer(*place, "cpu_ratio_to_reference")
        )
    rate = found.error_rate
    return Cell(error_rate(rate), tone="bad" if rate else "", figure=pointer(*place, "error_rate"))
