"""What can spoil a trial: each check has a code, a cause and a remedy (docs/method.md)."""

from collections.abc import Iterator, Sequence

from levelbench.analysis.checks import arrivals, bottleneck
from levelbench.model import windows
from levelbench.model.config import Limits
from levelbench.model.finding import Finding
from levelbench.model.topology import Topology
from levelbench.model.trial import TrialRecord, TrialStatus
from levelbench.model.windows import MeasuredWindow

# Codes whose finding is the contestant's own result, and codes that are the lab's fault.
FAILED = {"errors", "overloaded", "contestant-gone", "contestant-out-of-memory", "tasks-lost"}
INVALID = {
    "rows-differ",
    "statements-differ",
    "vus-idle",
    "load-generator-throttled",
    "load-generator-bound",
    "worker-throttled",
    "contestant-throttled",
    "noisy-neighbour",
    "iterations-dropped",
    "no-requests",
    "endpoints-overlap",
    "slices-overlap",
    "lab-fault",
}


def check(trial: TrialRecord, limits: Limits, vus: int, topology: Topology) -> tuple[Finding, ...]:
    """Every finding on one trial whose figures are complete."""
    measured = windows.of(trial)
    findings = (
        *_load(measured, limits, vus),
        *arrivals.of_trial(trial, measured, limits, vus, topology),
        *(finding for window in measured for finding in _overlap(window, limits)),
        *(finding for window in measured for finding in _errors(window, limits)),
        *_tasks(trial),
        *_rows(trial),
        *_statements(trial),
        *_counters(trial),
        *(f for window in measured for f in bottleneck.of_window(window, limits, topology)),
    )
    return tuple(f.model_copy(update={"trials": (trial.number,)}) for f in findings)


def status_of(findings: tuple[Finding, ...]) -> TrialStatus:
    """invalid outweighs failed: a spoiled trial says nothing of the contestant."""
    codes = {finding.code for finding in findings}
    if codes & INVALID:
        return "invalid"
    return "failed" if codes & FAILED else "valid"


def _load(measured: Sequence[MeasuredWindow], limits: Limits, vus: int) -> Iterator[Finding]:
    idle = [window for window in measured if window.requests == 0]
    if idle or not measured:
        which = idle[0].named if idle else ""
        yield Finding(
            code="no-requests",
            severity="error",
            cause=f"{which}no request was completed within the measured window",
            remedy="Read k6.log and service.log in the trial's folder.",
            endpoint=idle[0].endpoint if idle else None,
        )
        return
    # A user that is refused waits a moment of its own: that is the contestant's doing, and told by
    # its errors.
    shares = [
        (window.vus_busy_share, window)
        for window in measured
        if window.vus_busy_share is not None
        and window.errors <= limits.error_rate_max * window.requests
    ]
    if not shares:
        return
    share, worst = min(shares, key=lambda pair: pair[0])
    if share < limits.vus_busy_share_min:
        yield Finding(
            code="vus-idle",
            severity="error",
            cause=f"{worst.named}the server kept {share:.1%} of the {vus} VUs busy, "
            f"less than {limits.vus_busy_share_min:.0%}: the load generator was the limit",
            remedy="Give k6 more or faster cores.",
            endpoint=worst.endpoint,
        )


def _overlap(window: MeasuredWindow, limits: Limits) -> Iterator[Finding]:
    if window.endpoint is None:
        if window.disturbances > limits.belated_share_max * window.requests:
            yield Finding(
                code="slices-overlap",
                severity="error",
                cause=f"{window.disturbances} of {window.requests} requests were answered so late "
                "that they were in the way of the next contestant's slice",
                remedy="Run with fewer VUs ([load] vus), or let contestants take no turns "
                "([profiles] slices = 1).",
            )
    elif window.disturbances:
        yield Finding(
            code="endpoints-overlap",
            severity="error",
            cause=f"{window.named}{window.disturbances} answers to the requests of the endpoint "
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
            cause=f"{window.named}{window.errors} of {window.requests} requests failed, "
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
        cause=f"the load's answers cost {found.run} data statements, and {wanted} were due",
        remedy=f"`make verify-{trial.service}` counts them for each kind of request.",
    )


def _counters(trial: TrialRecord) -> Iterator[Finding]:
    if trial.counters == "engine":
        yield Finding(
            code="resources-by-engine",
            severity="warning",
            cause="processor time and memory were asked of the engine, because this host does not "
            "show the containers' counters: readings lie further apart, and the window's "
            "boundaries between them are less sharp",
            remedy="Run the lab on the Linux machine that runs the engine; until then trust "
            "processor time over long windows only.",
        )
