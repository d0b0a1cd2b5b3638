"""One workload in detail: its endpoints, its containers and its background tasks."""

from collections.abc import Iterable, Sequence

from levelbench.analysis.derive import final_trials
from levelbench.analysis.text import UNDEFINED, percent
from levelbench.model import windows, workloads
from levelbench.model.estimate import Measured
from levelbench.model.folder import Run
from levelbench.model.metrics import CPU_OF, LATENCY, METRICS, of
from levelbench.model.results import EndpointResults, Results, TaskResults
from levelbench.model.vocabulary import CONTAINERS, Container, Endpoint
from levelbench.model.windows import MeasuredWindow
from levelbench.report.metrics import CONTAINER_LABELS, endpoint_cell
from levelbench.report.standing import ordered
from levelbench.report.tables.cells import estimate_cell
from levelbench.report.tables.table import Cell, Column, Table, pointer

SHARES: tuple[Container, ...] = ("service", "postgres", "k6")
"""Containers whose limit decides whose figure a throughput is."""


def endpoints(results: Results, workload: str) -> Table:
    load = workloads.of(workload)
    measured = results.workloads[workload]

    def row(name: str, endpoint: Endpoint, figures: EndpointResults) -> tuple[Cell, ...]:
        place = ("workloads", workload, "services", name, "endpoints", endpoint)
        return (
            Cell(name),
            Cell(endpoint),
            Cell(f"{figures.requests:,}", figure=pointer(*place, "requests")),
            *(endpoint_cell(metric, workload, name, endpoint, figures) for metric in metrics),
            Cell(_plain(figures.statements_per_request)),
        )

    metrics = [metric for metric in METRICS if metric.endpoints == "all"]
    return Table(
        "Each endpoint alone, in detail" if load.alone else f"Each endpoint: {workload}",
        (
            Column("Contestant", numeric=False),
            Column("Endpoint", numeric=False),
            Column("Requests"),
            *(
                Column(m.heading + ("‡" if load.saturates and m.follows_throughput else ""))
                for m in metrics
            ),
            Column("Statements a request"),
        ),
        tuple(
            row(name, endpoint, figures)
            for name in ordered(results, workload)
            if measured.services[name].trials
            for endpoint, figures in measured.services[name].endpoints.items()
        ),
        (
            *((MIX_NOTE,) if load.kind == "closed" else ()),
            *((_alone_note(measured.parameters.vus),) if load.alone else ()),
            "A percentile needs 20 requests above it in every trial: p95 400, p99 2,000.",
        ),
    )


MIX_NOTE = (
    "‡ Within the mix every request queues behind all the others: compare the endpoints of one "
    "contestant, not one endpoint across contestants."
)


def _alone_note(vus: object) -> str:
    return (
        f"‡ The mean latency is {vus} / throughput (Little's law), and the other latencies follow "
        "from it: they tell nothing more than throughput does."
    )


def _plain(value: float | None) -> str:
    return UNDEFINED if value is None else f"{value:g}"


def resources(results: Results, run: Run, workload: str) -> Table:
    """CPU milliseconds a request by container, and how near three of them came to their limit."""
    alone = workloads.of(workload).alone
    services = results.workloads[workload].services
    rows: list[tuple[Cell, ...]] = []
    for name in ordered(results, workload):
        service = services[name]
        if not service.trials:
            continue
        own = _windows(run, workload, name)
        if not alone:
            rows.append((Cell(name), *_costs(service), *_shares(own[None])))
        for endpoint, figures in service.endpoints.items():
            if alone:
                costs = _costs(figures)
                rows.append((Cell(name), Cell(endpoint), *costs, *_shares(own[endpoint])))
    return Table(
        f"Where the CPU time goes: {workload}",
        (
            Column("Contestant", numeric=False),
            *((Column("Endpoint", numeric=False),) if alone else ()),
            *(Column(f"{CONTAINER_LABELS[c]}, ms/request") for c in CONTAINERS),
            Column("Contestant's share of its limit"),
            Column("PostgreSQL's share"),
            Column("Load generator's share"),
        ),
        tuple(rows),
        (
            "Shares are of the CPUs that the container may use, mean over trials.",
            *((TASKS_NOTE,) if alone else ()),
        ),
    )


TASKS_NOTE = (
    "task: worker, Redis and PostgreSQL are still busy with accepted tasks when the window ends; "
    "what that costs them is not in."
)


def _costs(found: Measured) -> Iterable[Cell]:
    return (estimate_cell(found.estimate(CPU_OF[container])) for container in CONTAINERS)


def _shares(measured: Sequence[MeasuredWindow]) -> Iterable[Cell]:
    for container in SHARES:
        found = [w.uses[container].cpu_share_of_limit for w in measured if container in w.uses]
        yield Cell(percent(_mean(found), 0))


def _windows(run: Run, workload: str, name: str) -> dict[Endpoint | None, list[MeasuredWindow]]:
    """By endpoint, or None for a mix: the windows of a contestant's valid trials."""
    found: dict[Endpoint | None, list[MeasuredWindow]] = {}
    for trial in final_trials(run.trials):
        if trial.workload == workload and trial.label == name and trial.status == "valid":
            for window in windows.of(trial):
                found.setdefault(window.endpoint, []).append(window)
    return found


def _mean(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else None


def tasks(results: Results, workload: str) -> Table:
    """From the request to the result: how soon it is accepted, and how soon done."""
    services = results.workloads[workload].services

    def row(name: str, done: TaskResults) -> tuple[Cell, ...]:
        accepting = services[name].endpoints.get("task")
        return (
            Cell(name),
            Cell(f"{done.accepted:,}"),
            Cell(f"{done.completed:,}"),
            Cell(f"{done.lost:,}", tone="bad" if done.lost else ""),
            estimate_cell(accepting.estimate(of("latency_p50_ms")) if accepting else None),
            estimate_cell(accepting.estimate(LATENCY) if accepting else None),
            estimate_cell(done.lag_p50_ms),
            estimate_cell(done.lag_p95_ms),
            estimate_cell(done.open_at_end),
            estimate_cell(done.drain_s),
        )

    return Table(
        f"Background tasks: {workload}",
        (
            Column("Contestant", numeric=False),
            Column("Accepted"),
            Column("Completed"),
            Column("Lost"),
            Column("Time to accept p50, ms"),
            Column("Time to accept p95, ms"),
            Column("Lag p50, ms"),
            Column("Lag p95, ms"),
            Column("Open at the end"),
            Column("Drain, s"),
        ),
        tuple(
            row(name, done) for name in ordered(results, workload) if (done := services[name].tasks)
        ),
        (
            "Counts are totals over trials, warm-ups included. Time to accept: until the answer "
            "202. Lag: from the task's record, made just before that answer, until its result; of "
            "tasks accepted within the window. Open at the end: accepted and not finished when the "
            "window ended. Drain: how long the worker took for those.",
            "Where many are open at the end the worker was slower than acceptance: the lag then "
            "grows as long as the load lasts, and most for the contestant that accepts most.",
        ),
    )
