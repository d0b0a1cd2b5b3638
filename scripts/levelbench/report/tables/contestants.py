"""The contestants head to head."""

from collections.abc import Mapping, Sequence

from levelbench.analysis.text import UNDEFINED, error_rate
from levelbench.model import workloads
from levelbench.model.results import Results, ServiceResults, ServiceSummary
from levelbench.model.run import WorkloadParameters
from levelbench.model.workloads import Kind, Workload
from levelbench.report.metrics import Metric, metric
from levelbench.report.standing import ordered
from levelbench.report.tables.cells import estimate_cell, share_cell
from levelbench.report.tables.table import Cell, Column, Table

_COSTS = ("error_rate", "cpu_ms_per_request.service", "cpu_ratio_to_reference", "memory_peak_mib")
HEAD_TO_HEAD: dict[Kind, tuple[str, ...]] = {
    "closed": (
        "throughput_rps",
        "throughput_ratio_to_reference",
        "latency_mean_ms",
        "latency_p95_ms",
        *_COSTS,
        "cold_start_ms",
    ),
    "open": ("latency_p50_ms", "latency_p95_ms", "latency_p99_ms", "throughput_rps", *_COSTS),
    "capacity": ("capacity_rps",),
}
IN_TERMINAL: dict[Kind, tuple[str, ...]] = {
    "closed": (
        "throughput_rps",
        "latency_p95_ms",
        "error_rate",
        "cpu_ms_per_request.service",
        "cpu_ratio_to_reference",
    ),
    "open": (
        "latency_p50_ms",
        "latency_p95_ms",
        "latency_p99_ms",
        "error_rate",
        "cpu_ms_per_request.service",
    ),
    "capacity": ("capacity_rps",),
}
"""As many as 80 columns hold."""

OF_REFERENCE = ("cpu_ratio_to_reference", "throughput_ratio_to_reference")
"""Shown only where a reference was measured."""

REFERENCE_NOTE = (
    "The reference does the same work without a framework. Where the database is the limit (on few "
    "cores: the core that it shares with the load generator), which a lean contestant reaches "
    "first, its throughput understates what a framework costs: compare CPU a request."
)

DATABASE_BOUND = "limited by the database's core"
"""Beside a figure that is not the contestant's own."""

ROLE_NOTES = {"reference": "reference, not ranked", "exhibit": "exhibit, not ranked"}


def head_to_head(
    results: Results, workload: str, metrics: Mapping[Kind, Sequence[str]] = HEAD_TO_HEAD
) -> Table:
    """A row a contestant, best rank first; every figure with its interval."""
    measured = results.workloads[workload]
    load = workloads.of(workload)
    shown = [
        m
        for m in map(metric, metrics[load.kind])
        if m.name not in OF_REFERENCE
        or any(s.cpu_ratio_to_reference for s in measured.services.values())
    ]
    columns = (
        Column("Contestant", numeric=False),
        Column("Rank"),
        *(Column(m.heading + ("†" if load.saturates and m.little else "")) for m in shown),
        Column("Trials"),
    )
    rows = []
    for name in ordered(results, workload):
        service, summary = measured.services[name], results.services[name]
        rows.append(
            (
                header(name, summary),
                rank_cell(service, summary),
                *(figure_cell(m, workload, name, service, summary) for m in shown),
                Cell(str(service.trials)),
            )
        )
    rows += [  # those that never got as far as the load
        (
            header(name, summary),
            Cell("failed", tone="bad"),
            *(Cell(UNDEFINED, tone="muted") for _ in shown),
            Cell("0"),
        )
        for name, summary in results.services.items()
        if name not in measured.services and summary.failure
    ]
    notes = [
        "With each figure its 95% confidence interval over trials; none with fewer than 3.",
        f"{UNDEFINED} stands for undefined or not measured, never for zero.",
    ]
    if any(m.name in OF_REFERENCE for m in shown):
        notes.append(REFERENCE_NOTE)
    if note := _load_note(load, measured.parameters):
        notes.insert(0, note)
    return Table(f"Contestants under the {workload} load", columns, tuple(rows), tuple(notes))


def _load_note(load: Workload, parameters: WorkloadParameters) -> str | None:
    """What a reader must know of latency under this load."""
    if load.kind == "open":
        return (
            f"Every contestant is sent {parameters.rate_rps} requests a second, whatever it "
            "answers. Latency runs from the moment when a request was due to be sent."
        )
    if load.kind == "capacity":
        return (
            "Capacity: the highest offered rate with no request dropped, few errors and a p95 "
            f"latency within {parameters.objective_ms} ms, where all lower rates hold too."
        )
    if load.saturates:
        return (
            f"† In a closed load the mean latency is {parameters.vus} / throughput "
            "(Little's law), and the other latencies follow from it: they tell nothing more than "
            "throughput does."
        )
    return None


def header(name: str, summary: ServiceSummary) -> Cell:
    """A contestant's name, and what sets it apart."""
    detail = summary.failure or ROLE_NOTES.get(summary.role)
    return Cell(name, detail, "bad" if summary.failure else "")


def rank_cell(service: ServiceResults, summary: ServiceSummary) -> Cell:
    if service.rank is None:
        if summary.failure:
            return Cell("failed", tone="bad")
        if not service.trials:
            return Cell("no figure", tone="muted")
        return Cell("not ranked", DATABASE_BOUND if service.database_bound else None, tone="muted")
    return Cell(rank_text(service.rank))


def rank_text(rank: tuple[int, int]) -> str:
    best, worst = rank
    return str(best) if best == worst else f"{best} to {worst}"


def figure_cell(
    metric: Metric, workload: str, name: str, service: ServiceResults, summary: ServiceSummary
) -> Cell:
    estimate, figure = metric.read(service, summary), metric.at(workload, name)
    if metric.name == "error_rate":
        rate = estimate.value if estimate else None
        return Cell(error_rate(rate), tone="bad" if rate else "", figure=figure)
    cell = share_cell if metric.name == "throughput_ratio_to_reference" else estimate_cell
    return cell(estimate, figure)
