"""One workload in detail: its endpoints, its containers and its background tasks."""

from collections.abc import Iterable

from levelbench.derive import final_trials
from levelbench.records import Run, TrialRecord
from levelbench.report.metrics import CONTAINER_LABELS
from levelbench.report.numbers import UNDEFINED, error_rate, percent
from levelbench.report.standing import ordered
from levelbench.report.tables.cells import estimate_cell
from levelbench.report.tables.table import Cell, Column, Table
from levelbench.results import EndpointResults, Results
from levelbench.words import CONTAINERS


def endpoints(results: Results, workload: str) -> Table:
    closed = workload == "closed"

    def row(name: str, endpoint: str, figures: EndpointResults) -> tuple[Cell, ...]:
        rate = figures.error_rate
        return (
            Cell(name),
            Cell(endpoint),
            Cell(f"{figures.requests:,}"),
            Cell(error_rate(rate), tone="bad" if rate else ""),
            *(
                estimate_cell(estimate)
                for estimate in (
                    figures.throughput_rps,
                    figures.latency_mean_ms,
                    figures.latency_p50_ms,
                    figures.latency_p95_ms,
                    figures.latency_p99_ms,
                )
            ),
            Cell(_plain(figures.statements_per_request)),
        )

    services = results.workloads[workload].services
    latencies = ("mean", "p50", "p95", "p99")
    return Table(
        f"Each endpoint: {workload}",
        (
            Column("Contestant", numeric=False),
            Column("Endpoint", numeric=False),
            Column("Requests"),
            Column("Errors"),
            Column("Throughput, requests/s"),
            *(Column(f"Latency {part}, ms{'‡' if closed else ''}") for part in latencies),
            Column("Statements a request"),
        ),
        tuple(
            row(name, endpoint, figures)
            for name in ordered(results, workload)
            if services[name].trials
            for endpoint, figures in services[name].endpoints.items()
        ),
        (
            *(
                (
                    "‡ Within the mix every request queues behind all the others: compare the "
                    "endpoints of one contestant, not one endpoint across contestants.",
                )
                if closed
                else ()
            ),
            "A percentile needs 20 requests above it in every trial: p95 400, p99 2,000.",
        ),
    )


def _plain(value: float | None) -> str:
    return UNDEFINED if value is None else f"{value:g}"


def resources(results: Results, run: Run, workload: str) -> Table:
    """CPU milliseconds a request by container, and how near three of them came to their limit."""
    services = results.workloads[workload].services
    rows = []
    for name in ordered(results, workload):
        service = services[name]
        if not service.trials:
            continue
        own = _valid(run, workload, name)
        shares = [
            [t.resources[c].cpu_share_of_limit for t in own if c in t.resources]
            for c in ("service", "postgres", "k6")
        ]
        rows.append(
            (
                Cell(name),
                *(estimate_cell(getattr(service.cpu_ms_per_request, c)) for c in CONTAINERS),
                *(Cell(percent(_mean(share), 0)) for share in shares),
            )
        )
    return Table(
        f"Where the CPU time goes: {workload}",
        (
            Column("Contestant", numeric=False),
            *(Column(f"{CONTAINER_LABELS[c]}, ms/request") for c in CONTAINERS),
            Column("Contestant's share of its limit"),
            Column("PostgreSQL's share"),
            Column("Load generator's share"),
        ),
        tuple(rows),
        ("Shares are of the CPUs that the container may use, mean over trials.",),
    )


def _valid(run: Run, workload: str, name: str) -> list[TrialRecord]:
    return [
        trial
        for trial in final_trials(run.trials)
        if trial.workload == workload and trial.label == name and trial.status == "valid"
    ]


def _mean(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else None


def tasks(results: Results, workload: str) -> Table:
    services = results.workloads[workload].services
    return Table(
        f"Background tasks: {workload}",
        (
            Column("Contestant", numeric=False),
            Column("Accepted"),
            Column("Completed"),
            Column("Lost"),
            Column("Lag p50, ms"),
            Column("Lag p95, ms"),
        ),
        tuple(
            (
                Cell(name),
                Cell(f"{done.accepted:,}"),
                Cell(f"{done.completed:,}"),
                Cell(f"{done.lost:,}", tone="bad" if done.lost else ""),
                estimate_cell(done.lag_p50_ms),
                estimate_cell(done.lag_p95_ms),
            )
            for name in ordered(results, workload)
            if (done := services[name].tasks)
        ),
        (
            "Lag runs from the answer 202 to the end of the task; the queue is drained after the"
            " window. Counts are totals over trials.",
        ),
    )
