"""Detail tables of one workload: endpoints, CPU time by container, background tasks."""

from collections.abc import Iterable, Sequence

from levelbench.analysis.derive import final_trials
from levelbench.analysis.estimates import estimate
from levelbench.analysis.text import UNDEFINED, percent
from levelbench.model import windows, workloads
from levelbench.model.estimate import Measured
from levelbench.model.folder import Run
from levelbench.model.metric import Metric
from levelbench.model.metrics import CPU_OF, LATENCY, METRICS, of
from levelbench.model.results import EndpointResults, Results, TaskResults
from levelbench.model.trial import TrialRecord
from levelbench.model.vocabulary import CONTAINERS, Container, Endpoint
from levelbench.model.windows import MeasuredWindow
from levelbench.report.metrics import CONTAINER_LABELS, endpoint_cell, metric_cell
from levelbench.report.standing import ordered
from levelbench.report.tables.cells import estimate_cell
from levelbench.report.tables.table import Cell, Column, Table, pointer
from levelbench.report.words import FOLLOWS_FROM_THROUGHPUT, load_name

SHARES: tuple[Container, ...] = ("service", "postgres", "k6")
"""Containers that may limit throughput."""


def endpoints(results: Results, workload: str) -> Table:
    load = workloads.of(workload)
    measured = results.workloads[workload]

    def row(name: str, endpoint: Endpoint, figures: EndpointResults) -> tuple[Cell, ...]:
        place = ("workloads", workload, "services", name, "endpoints", endpoint)
        return (
            Cell(results.services[name].display_name),
            Cell(endpoint),
            Cell(f"{figures.requests:,}", figure=pointer(*place, "requests")),
            *(endpoint_cell(metric, workload, name, endpoint, figures) for metric in metrics),
            Cell(
                _plain(figures.statements_per_request),
                figure=pointer(*place, "statements_per_request"),
            ),
        )

    metrics = [metric for metric in METRICS if metric.endpoints == "all"]
    return Table(
        "Each endpoint by itself, in detail"
        if load.alone
        else f"Each endpoint: {load_name(workload)}",
        (
            Column("Contestant", numeric=False),
            Column("Endpoint", numeric=False),
            Column("Requests"),
            *(
                Column(m.heading + ("‡" if load.saturates and m.follows_throughput else ""))
                for m in metrics
            ),
            Column("Statements per request"),
        ),
        tuple(
            row(name, endpoint, figures)
            for name in ordered(results, workload)
            if measured.services[name].trials
            for endpoint, figures in measured.services[name].endpoints.items()
        ),
        (
            *((MIX_NOTE,) if load.kind == "closed" else ()),
            *((f"‡ {FOLLOWS_FROM_THROUGHPUT}",) if load.alone else ()),
            PERCENTILES,
        ),
    )


MIX_NOTE = (
    "‡ In a mix every request waits behind requests to other endpoints. Compare the endpoints of "
    "one contestant, not one endpoint across contestants. Where contestants take turns, latency "
    "includes the restart of each turn."
)
PERCENTILES = (
    "A percentile needs 20 requests above it in every measurement: 400 requests for p95, 2,000 for "
    "p99."
)


def _plain(value: float | None) -> str:
    return UNDEFINED if value is None else f"{value:.3g}"


def requests(results: Results, run: Run, workload: str) -> Table:
    """Requests of a guest's journey: share, errors and latency. No rows for contestants."""
    rows: list[tuple[Cell, ...]] = []
    for name in ordered(results, workload):
        trials = [t.requests for t in _valid(run, workload, name) if t.requests]
        total = sum(window.requests for own in trials for window in own.values())
        for request in dict.fromkeys(request for own in trials for request in own):
            windows = [own[request] for own in trials if request in own]
            count = sum(window.requests for window in windows)
            latencies = [window.latency for window in windows]
            rows.append(
                (
                    Cell(results.services[name].display_name),
                    Cell(request),
                    Cell(f"{count:,}"),
                    Cell(percent(count / total if total else None)),
                    Cell(f"{sum(window.errors for window in windows):,}"),
                    estimate_cell(estimate([one.p50_ms for one in latencies], proportional=True)),
                    estimate_cell(estimate([one.p95_ms for one in latencies], proportional=True)),
                )
            )
    return Table(
        f"Each request of the journey: {load_name(workload)}",
        (
            Column("Service", numeric=False),
            Column("Request", numeric=False),
            Column("Requests"),
            Column("Share"),
            Column("Errors"),
            Column("p50 latency, ms"),
            Column("p95 latency, ms"),
        ),
        tuple(rows),
        ("In a mix every request waits behind the other requests.", PERCENTILES),
    )


def resources(results: Results, run: Run, workload: str) -> Table:
    """CPU milliseconds per request by container, and the use of three containers' CPU limits."""
    alone = workloads.of(workload).alone
    services = results.workloads[workload].services
    rows: list[tuple[Cell, ...]] = []
    for name in ordered(results, workload):
        service = services[name]
        if not service.trials:
            continue
        own, shown = _windows(run, workload, name), results.services[name].display_name
        place = ("workloads", workload, "services", name)
        if not alone:
            rows.append((Cell(shown), *_costs(service, place), *_shares(own[None])))
        for endpoint, figures in service.endpoints.items():
            if alone:
                costs = _costs(figures, (*place, "endpoints", endpoint))
                rows.append((Cell(shown), Cell(endpoint), *costs, *_shares(own[endpoint])))
    return Table(
        f"Where the CPU time goes: {load_name(workload)}",
        (
            Column("Contestant", numeric=False),
            *((Column("Endpoint", numeric=False),) if alone else ()),
            *(Column(f"{CONTAINER_LABELS[c]}, ms/request") for c in CONTAINERS),
            Column("Contestant, share of its limit"),
            Column("PostgreSQL, share of its limit"),
            Column("Load generator, share of its limit"),
        ),
        tuple(rows),
        (
            "A container's limit is the CPUs that it may use. Shares are means over measurements.",
            *((TASKS_NOTE,) if alone else ()),
        ),
    )


TASKS_NOTE = (
    "task: worker, Redis and PostgreSQL still process accepted tasks after the measurement; that "
    "CPU time is not included."
)


def _costs(found: Measured, place: Sequence[str]) -> Iterable[Cell]:
    return (metric_cell(CPU_OF[container], found, place) for container in CONTAINERS)


def _shares(measured: Sequence[MeasuredWindow]) -> Iterable[Cell]:
    for container in SHARES:
        found = [w.uses[container].cpu_share_of_limit for w in measured if container in w.uses]
        yield Cell(percent(_mean(found), 0))


def _windows(run: Run, workload: str, name: str) -> dict[Endpoint | None, list[MeasuredWindow]]:
    """The windows of a contestant's valid trials, by endpoint (None for a mix)."""
    found: dict[Endpoint | None, list[MeasuredWindow]] = {}
    for trial in _valid(run, workload, name):
        for window in windows.of(trial):
            found.setdefault(window.endpoint, []).append(window)
    return found


def _valid(run: Run, workload: str, name: str) -> list[TrialRecord]:
    """The valid trials of a service under a workload."""
    return [
        trial
        for trial in final_trials(run.trials)
        if trial.workload == workload and trial.label == name and trial.status == "valid"
    ]


def _mean(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else None


def tasks(results: Results, workload: str) -> Table:
    """Background tasks: time until accepted and until finished."""
    services = results.workloads[workload].services

    def row(name: str, done: TaskResults) -> tuple[Cell, ...]:
        place = ("workloads", workload, "services", name)

        def at(field: str) -> str:
            return pointer(*place, "tasks", field)

        def accepting(metric: Metric) -> Cell:
            found = services[name].endpoints.get("task")
            if found is None:
                return Cell(UNDEFINED, tone="muted")
            return metric_cell(metric, found, (*place, "endpoints", "task"))

        return (
            Cell(results.services[name].display_name),
            Cell(f"{done.accepted:,}", figure=at("accepted")),
            Cell(f"{done.completed:,}", figure=at("completed")),
            Cell(f"{done.lost:,}", tone="bad" if done.lost else "", figure=at("lost")),
            accepting(of("latency_p50_ms")),
            accepting(LATENCY),
            estimate_cell(done.lag_p50_ms, at("lag_p50_ms")),
            estimate_cell(done.lag_p95_ms, at("lag_p95_ms")),
            estimate_cell(done.open_at_end, at("open_at_end")),
            estimate_cell(done.drain_s, at("drain_s")),
        )

    return Table(
        f"Background tasks: {load_name(workload)}",
        (
            Column("Contestant", numeric=False),
            Column("Accepted"),
            Column("Completed"),
            Column("Lost"),
            Column("p50 time to accept, ms"),
            Column("p95 time to accept, ms"),
            Column("p50 lag, ms"),
            Column("p95 lag, ms"),
            Column("Open at the end"),
            Column("Drain, s"),
        ),
        tuple(
            row(name, done) for name in ordered(results, workload) if (done := services[name].tasks)
        ),
        (
            "Counts are totals over measurements, including warm-ups. Time to accept: until the "
            "response 202. Lag: from the creation of the task, just before that response, to its "
            "result, for tasks accepted during the measurement. Open at the end: accepted but not "
            "finished when the measurement ended. Drain: time until those were finished.",
            "Many open tasks at the end mean that the worker was slower than acceptance. The lag "
            "then grows during the whole load, most for the contestant that accepts most.",
        ),
    )
