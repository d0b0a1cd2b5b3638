"""What can spoil a trial: each check has a code, a cause and a remedy (docs/method.md)."""

from collections.abc import Iterator, Sequence

from levelbench import windows
from levelbench.config import Limits
from levelbench.records import Finding, Step, TrialRecord, TrialStatus, Window
from levelbench.topology import Topology, cpu_count
from levelbench.windows import MeasuredWindow
from levelbench.words import Container

# Codes whose finding is the contestant's own result, and codes that are the lab's fault.
FAILED = {"errors", "overloaded", "contestant-gone", "contestant-out-of-memory", "tasks-lost"}
INVALID = {
    "rows-differ",
    "statements-differ",
    "vus-idle",
    "iterations-dropped",
    "no-requests",
    "endpoints-overlap",
    "lab-fault",
}


BURST_SHARE = 0.5
"""A load generator that is late sends all that was due at once. A burst that takes so much of the
VUs explains dropped iterations; fewer late requests do not, and the contestant's answers do."""


def check(trial: TrialRecord, limits: Limits, vus: int, topology: Topology) -> tuple[Finding, ...]:
    """Every finding on one trial whose figures are complete."""
    measured = windows.of(trial)
    findings = (
        *_load(measured, limits, vus),
        *_arrivals(trial, measured, limits, vus, topology),
        *(finding for window in measured for finding in _overlap(window)),
        *(finding for window in measured for finding in _errors(window, limits)),
        *_tasks(trial),
        *_rows(trial),
        *_statements(trial),
        *_contestant(trial, limits),
        *(finding for window in measured for finding in _neighbours(window, limits, topology)),
    )
    return tuple(f.model_copy(update={"trials": (trial.number,)}) for f in findings)


def status_of(findings: tuple[Finding, ...]) -> TrialStatus:
    """invalid outweighs failed: a spoiled trial says nothing of the contestant."""
    codes = {finding.code for finding in findings}
    if codes & INVALID:
        return "invalid"
    return "failed" if codes & FAILED else "valid"


def _within(window: MeasuredWindow) -> str:
    """Begins a cause: which endpoint's window it is about, if there are several."""
    return f"{window.endpoint} alone: " if window.endpoint else ""


def _load(measured: Sequence[MeasuredWindow], limits: Limits, vus: int) -> Iterator[Finding]:
    idle = [window for window in measured if window.requests == 0]
    if idle or not measured:
        which = _within(idle[0]) if idle else ""
        yield Finding(
            code="no-requests",
            severity="error",
            cause=f"{which}no request was completed within the measured window",
            remedy="Read k6.log and service.log in the trial's folder.",
            endpoint=idle[0].endpoint if idle else None,
        )
        return
    shares = [(w.vus_busy_share, w) for w in measured if w.vus_busy_share is not None]
    if not shares:
        return
    share, worst = min(shares, key=lambda pair: pair[0])
    if share < limits.vus_busy_share_min:
        yield Finding(
            code="vus-idle",
            severity="error",
            cause=f"{_within(worst)}the server kept {share:.1%} of the {vus} VUs busy, "
            f"less than {limits.vus_busy_share_min:.0%}: the load generator was the limit",
            remedy="Give k6 more or faster cores.",
            endpoint=worst.endpoint,
        )


def _arrivals(
    trial: TrialRecord,
    measured: Sequence[MeasuredWindow],
    limits: Limits,
    vus: int,
    topology: Topology,
) -> Iterator[Finding]:
    """What is due under an open load must be sent, and in time."""
    offers: Sequence[Window | Step] = trial.steps or ((trial.window,) if trial.window else ())
    lag_ms_max = limits.generator_lag_p99_ms_max
    shares = [share for window in measured if (share := _generator_share(window, topology))]
    busy = max(shares, default=0.0)
    for offer in offers:
        if not offer.dropped_iterations:
            continue
        late_ms = offer.generator_lag_max_ms or 0.0
        dropped = f"{offer.dropped_iterations} iterations were dropped at {offer.offered_rps:g}/s"
        burst = late_ms / 1e3 * (offer.offered_rps or 0.0)
        if burst >= BURST_SHARE * vus or busy > limits.generator_cpu_share_max:
            yield Finding(
                code="iterations-dropped",
                severity="error",
                cause=f"{dropped} while the load generator was late by {late_ms:.0f} ms or more, "
                f"{burst:.0f} requests for {vus} VUs, and used {busy:.0%} of its cores: it may "
                "have been the limit",
                remedy="Give k6 more or faster cores, and the machine nothing else to do.",
            )
        elif not trial.steps:  # a ladder goes on until it comes to this
            yield Finding(
                code="overloaded",
                severity="error",
                cause=f"{dropped}: all {vus} VUs waited for answers, and the load generator was "
                "in time",
                remedy="It cannot keep this rate: see its throughput in the closed workload.",
            )
    lags = [(offer.generator_lag_p99_ms or 0.0, offer.offered_rps) for offer in offers]
    worst_ms, rate = max(lags, default=(0.0, None))
    if worst_ms > lag_ms_max:
        yield Finding(
            code="generator-lag",
            severity="warning",
            cause=f"at {rate:g}/s, p99 of the load generator's lag was {worst_ms:.1f} ms, more "
            f"than {lag_ms_max:g} ms: it is part of every latency",
            remedy="Give k6 more or faster cores, and the machine nothing else to do.",
        )


def _generator_share(window: MeasuredWindow, topology: Topology) -> float | None:
    """The share of its cores that the load generator used."""
    cpus = cpu_count(topology.cpusets()["k6"])
    return _cpu_share(window, ["k6"], cpus) if "k6" in window.uses else None


def _cpu_share(window: MeasuredWindow, containers: Sequence[Container], cpus: int) -> float:
    used = (window.uses.get(name) for name in containers)
    spent = [found.cpu_ms or 0.0 for found in used if found]
    return sum(spent) / (1e3 * window.seconds * cpus) if window.seconds else 0.0


def _overlap(window: MeasuredWindow) -> Iterator[Finding]:
    if window.disturbances:
        yield Finding(
            code="endpoints-overlap",
            severity="error",
            cause=f"{_within(window)}{window.disturbances} answers to the requests of the endpoint "
            f"before it were completed within its window of {window.requests}",
            remedy="The machine is too slow, or too busy, to finish what is in flight in the pause "
            "between two endpoints: run with fewer VUs ([load] vus) or on a faster one.",
            endpoint=window.endpoint,
        )


def _errors(window: MeasuredWindow, limits: Limits) -> Iterator[Finding]:
    if window.requests and window.errors / window.requests > limits.error_rate_max:
        yield Finding(
            code="errors",
            severity="error",
            cause=f"{_within(window)}{window.errors} of {window.requests} requests failed, "
            f"more than {limits.error_rate_max:.1%}",
            remedy="Read k6.log and service.log in the trial's folder.",
            endpoint=window.endpoint,
        )


def _tasks(trial: TrialRecord) -> Iterator[Finding]:
    if trial.tasks and trial.tasks.lost:
        yield Finding(
            code="tasks-lost",
            severity="error",
            cause=f"{trial.tasks.lost} of {trial.tasks.accepted} accepted tasks never completed",
            remedy="Read worker.log in the trial's folder.",
        )


def _rows(trial: TrialRecord) -> Iterator[Finding]:
    rows = trial.rows
    if rows is None:
        return
    pairs = (
        ("users", rows.users_added, "registrations answered 201", rows.registrations_201),
        ("tasks", rows.tasks_added, "invoices answered 202", rows.invoices_202),
    )
    for table, added, answers, answered in pairs:
        if added != answered:
            yield Finding(
                code="rows-differ",
                severity="error",
                cause=f"{added} rows were added to {table} for {answered} {answers}",
                remedy="The contestant's answers and its database must agree; read service.log.",
            )


def _statements(trial: TrialRecord) -> Iterator[Finding]:
    found = trial.statements
    if found is None or found.least <= found.run <= found.most:
        return
    wanted = f"{found.most}" if found.least == found.most else f"{found.least} to {found.most}"
    yield Finding(
        code="statements-differ",
        severity="error",
        cause=f"the load's answers cost {found.run} data statements, and {wanted} by the rule of "
        "equal work",
        remedy=f"`make verify-{trial.service}` counts them for each kind of request.",
    )


def _contestant(trial: TrialRecord, limits: Limits) -> Iterator[Finding]:
    service = trial.resources.get("service")
    if service and service.periods and service.throttled_periods is not None:
        share = service.throttled_periods / service.periods
        if share > limits.throttled_share_max:
            yield Finding(
                code="contestant-throttled",
                severity="warning",
                cause="the contestant was throttled in more than "
                f"{limits.throttled_share_max:.0%} of the scheduler's periods",
                remedy="Compare CPU per request, which throttling does not change.",
            )


def _neighbours(window: MeasuredWindow, limits: Limits, topology: Topology) -> Iterator[Finding]:
    """The containers beside the contestant must not be what limits it."""
    cpusets = topology.cpusets()
    measured = [name for name in window.uses if name != "service"]
    for cpuset in sorted({cpusets[name] for name in measured}):
        sharing = [name for name in measured if cpusets[name] == cpuset]
        if _cpu_share(window, sharing, cpu_count(cpuset)) <= limits.core_busy_share_max:
            continue
        # A contestant that uses up its own core as well is still limited by itself.
        of_service = _cpu_share(window, ["service"], 1)
        bound = "postgres" in sharing and of_service < limits.core_busy_share_max
        yield Finding(
            code="database-bound" if bound else "cores-busy",
            severity="warning",
            cause=f"{_within(window)}{', '.join(sharing)} kept CPU {cpuset} busy for more than "
            f"{limits.core_busy_share_max:.0%} of the window: "
            f"they {'and not the contestant were' if bound else 'may have been'} the limit",
            remedy="Use a machine with more cores; compare CPU per request.",
            endpoint=window.endpoint,
        )
    share = _generator_share(window, topology)
    if share is not None and share > limits.generator_cpu_share_max:
        yield Finding(
            code="load-generator-busy",
            severity="warning",
            cause=f"{_within(window)}the load generator used more than "
            f"{limits.generator_cpu_share_max:.0%} of its cores",
            remedy="Give k6 more cores: it may have been the limit.",
            endpoint=window.endpoint,
        )
