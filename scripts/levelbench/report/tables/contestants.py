"""The contestants head to head."""

from collections.abc import Sequence

from levelbench.report.metrics import Metric, metric
from levelbench.report.numbers import UNDEFINED, error_rate
from levelbench.report.standing import ordered
from levelbench.report.tables.cells import estimate_cell, share_cell
from levelbench.report.tables.table import Cell, Column, Table
from levelbench.results import Results, ServiceResults, ServiceSummary

HEAD_TO_HEAD = (
    "throughput_rps",
    "floor_throughput_share",
    "latency_mean_ms",
    "latency_p95_ms",
    "error_rate",
    "cpu_ms_per_request.service",
    "floor_ratio",
    "memory_peak_mib",
    "cold_start_ms",
)

OF_FLOOR = ("floor_ratio", "floor_throughput_share")
"""Shown only where the floor was measured."""

FLOOR_NOTE = (
    "The floor does the same work without a framework. Where the database is the limit (on few "
    "cores: the core that it shares with the load generator), which a lean contestant reaches "
    "first, its throughput understates what a framework costs: compare CPU a request."
)

DATABASE_BOUND = "limited by the database's core"
"""Beside a figure that is not the contestant's own."""

ROLE_NOTES = {"reference": "reference, not ranked", "exhibit": "exhibit, not ranked"}


def head_to_head(results: Results, workload: str, metrics: Sequence[str] = HEAD_TO_HEAD) -> Table:
    """A row a contestant, best rank first; every figure with its interval."""
    measured = results.workloads[workload]
    closed = workload == "closed"
    shown = [
        m
        for m in map(metric, metrics)
        if m.name not in OF_FLOOR or any(s.floor_ratio for s in measured.services.values())
    ]
    columns = (
        Column("Contestant", numeric=False),
        Column("Rank"),
        *(Column(m.heading + ("†" if closed and m.little else "")) for m in shown),
        Column("Trials"),
    )
    rows = []
    for name in ordered(results, workload):
        service, summary = measured.services[name], results.services[name]
        rows.append(
            (
                header(name, summary),
                _rank(service, summary),
                *(_figure(m, service, summary) for m in shown),
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
    if any(m.name in OF_FLOOR for m in shown):
        notes.append(FLOOR_NOTE)
    if closed:
        vus = measured.parameters.get("vus", 100)
        notes.insert(
            0,
            f"† In the closed workload the mean latency is {vus} / throughput (Little's law), and "
            "the other latencies follow from it: they tell nothing more than throughput does.",
        )
    return Table(f"Contestants under the {workload} load", columns, tuple(rows), tuple(notes))


def header(name: str, summary: ServiceSummary) -> Cell:
    """A contestant's name, and what sets it apart."""
    detail = summary.failure or ROLE_NOTES.get(summary.role)
    return Cell(name, detail, "bad" if summary.failure else "")


def _rank(service: ServiceResults, summary: ServiceSummary) -> Cell:
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


def _figure(metric: Metric, service: ServiceResults, summary: ServiceSummary) -> Cell:
    estimate = metric.read(service, summary)
    if metric.name == "error_rate":
        rate = estimate.value if estimate else None
        return Cell(error_rate(rate), tone="bad" if rate else "")
    return (
        share_cell(estimate) if metric.name == "floor_throughput_share" else estimate_cell(estimate)
    )
