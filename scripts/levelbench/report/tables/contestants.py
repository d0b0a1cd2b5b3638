"""The contestants head to head."""

from collections.abc import Iterable

from levelbench.analysis.text import UNDEFINED
from levelbench.model import workloads
from levelbench.model.estimate import Measured
from levelbench.model.metrics import METRICS, Metric
from levelbench.model.results import Results, ServiceResults, ServiceSummary
from levelbench.model.run import WorkloadParameters
from levelbench.model.workloads import Workload
from levelbench.report.metrics import cell
from levelbench.report.standing import ordered
from levelbench.report.tables.table import Cell, Column, Table

REFERENCE_NOTE = (
    "The reference does the same work without a framework. Where the database is the limit (on few "
    "cores: the core that it shares with the load generator), which a lean contestant reaches "
    "first, its throughput understates what a framework costs: compare CPU per request."
)

DATABASE_BOUND = "limited by the database's core"
"""Beside a figure that is not the contestant's own."""

ROLE_NOTES = {"reference": "reference, not ranked", "exhibit": "exhibit, not ranked"}


def shown(results: Results, workload: str, *, terminal: bool = False) -> list[Metric]:
    """The metrics of a workload's table; of an optional one, only where a contestant has it.

    Where latency decides, it comes before what it does not follow from.
    """
    load = workloads.of(workload)
    services = results.workloads[workload].services
    measured: list[Measured] = [*services.values()]
    measured += [found for service in services.values() for found in service.endpoints.values()]
    chosen = [
        m
        for m in METRICS
        if load.kind in (m.terminal if terminal else m.table)
        and not (m.optional and all(is_absent(found, m) for found in measured))
    ]
    if load.primary.follows_throughput:
        chosen.sort(key=lambda m: not m.follows_throughput)
    return chosen


def is_absent(found: Measured, metric: Metric) -> bool:
    estimate = found.estimate(metric)
    return estimate is None or estimate.value is None


def reference_notes(metrics: Iterable[Metric]) -> tuple[str, ...]:
    return (REFERENCE_NOTE,) if any(metric.ratio_of for metric in metrics) else ()


def head_to_head(results: Results, workload: str, *, terminal: bool = False) -> Table:
    """A row for each contestant, best rank first; every metric with its interval."""
    measured = results.workloads[workload]
    load = workloads.of(workload)
    metrics = shown(results, workload, terminal=terminal)
    columns = (
        Column("Contestant", numeric=False),
        Column("Rank"),
        *(
            Column(m.heading + ("†" if load.saturates and m.follows_throughput else ""))
            for m in metrics
        ),
        Column("Trials"),
    )
    rows = []
    for name in ordered(results, workload):
        service, summary = measured.services[name], results.services[name]
        rows.append(
            (
                header(name, summary),
                rank_cell(service, summary),
                *(cell(m, workload, name, service, summary) for m in metrics),
                Cell(str(service.trials)),
            )
        )
    rows += [  # those that never got as far as the load
        (
            header(name, summary),
            Cell("failed", tone="bad"),
            *(Cell(UNDEFINED, tone="muted") for _ in metrics),
            Cell("0"),
        )
        for name, summary in results.services.items()
        if name not in measured.services and summary.failure
    ]
    notes = [
        "With each figure its 95% confidence interval over trials; none with fewer than 3.",
        f"{UNDEFINED} stands for undefined or not measured, never for zero.",
    ]
    notes += reference_notes(metrics)
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
