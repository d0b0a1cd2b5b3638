"""Checks of one trial (docs/method.md): its findings and the status that follows from them."""

from collections.abc import Iterator, Sequence

from levelbench.analysis.checks import arrivals, bottleneck, counters, table
from levelbench.model import windows
from levelbench.model.finding import Finding
from levelbench.model.limits import Limits
from levelbench.model.topology import Topology
from levelbench.model.trial import TrialRecord, TrialStatus
from levelbench.model.windows import MeasuredWindow

FAILED = table.codes("trial", "contestant")
INVALID = table.codes("trial", "trial")


def check(trial: TrialRecord, limits: Limits, vus: int, topology: Topology) -> tuple[Finding, ...]:
    """Every finding on one trial whose figures are complete."""
    measured = windows.of(trial)
    findings = (
        *_load(measured, limits, vus),
        *arrivals.of_trial(trial, measured, limits, vus, topology),
        *(finding for window in measured for finding in _overlap(window, limits)),
        *(finding for window in measured for finding in _errors(window, limits)),
        *_users(trial, limits),
        *_rates(trial, limits),
        *_tasks(trial, limits),
        *_rows(trial),
        *_statements(trial),
        *_origin(trial),
        *check_clock(trial, limits),
        *(
            finding
            for window in measured
            for finding in counters.of_window(window, limits, topology, trial.counters)
        ),
        *(f for window in measured for f in bottleneck.of_window(window, limits, topology)),
    )
    return tuple(finding.of_trials(trial.number) for finding in findings)


def status_of(findings: tuple[Finding, ...]) -> TrialStatus:
    """The status of a trial with these findings. invalid outweighs failed: a fault of the lab says
    nothing about the contestant."""
    codes = {finding.code for finding in findings}
    if codes & INVALID:
        return "invalid"
    return "failed" if codes & FAILED else "valid"


def _load(measured: Sequence[MeasuredWindow], limits: Limits, vus: int) -> Iterator[Finding]:
    idle = [window for window in measured if window.requests == 0]
    if idle or not measured:
        where, endpoint = (idle[0].named, idle[0].endpoint) if idle else ("", None)
        yield table.NO_REQUESTS.finding(endpoint=endpoint, where=where)
        return
    # A user that is refused pauses before it asks again: that is the contestant's doing, and its
    # errors show it.
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
        yield table.VUS_IDLE.finding(
            limits, endpoint=worst.endpoint, where=worst.named, share=share, vus=vus
        )


def _overlap(window: MeasuredWindow, limits: Limits) -> Iterator[Finding]:
    shares = {label: share for label, share in window.others.items() if share is not None}
    most = limits.others_cpu_share_max
    if others := [f"{label} ({share:.1%})" for label, share in shares.items() if share > most]:
        yield table.SLICES_OVERLAP.finding(limits, others=" and ".join(others))
    late, requests = window.disturbances, window.requests
    if window.endpoint is not None and late:
        yield table.ENDPOINTS_OVERLAP.finding(
            endpoint=window.endpoint, where=window.named, late=late, requests=requests
        )


def _errors(window: MeasuredWindow, limits: Limits) -> Iterator[Finding]:
    if window.requests and window.errors / window.requests > limits.error_rate_max:
        yield table.ERRORS.finding(
            limits,
            endpoint=window.endpoint,
            where=window.named,
            errors=window.errors,
            requests=window.requests,
        )


def _users(trial: TrialRecord, limits: Limits) -> Iterator[Finding]:
    """Findings on a ladder of users with think time."""
    for step in trial.user_steps:
        found = step.by_littles_law or 0.0
        if abs(found / step.users - 1) > limits.littles_law_error_max:
            yield table.LITTLES_LAW.finding(limits, users=step.users, found=found)
    bound = trial.users.bound if trial.users else None
    if bound == "at_most":
        yield table.USERS_ARE_UPPER_BOUND.finding(users=trial.user_steps[0].users)
    elif bound:
        yield table.USERS_ARE_LOWER_BOUND.finding(users=trial.user_steps[-1].users)


def _rates(trial: TrialRecord, limits: Limits) -> Iterator[Finding]:
    """Findings on the rates of a disturbed load: what k6 sends late is more than is due."""
    others = trial.disturbed.others if trial.disturbed else {}
    for name, part in others.items():
        if part.requests > part.due * (1 + limits.rate_excess_max):
            yield table.RATE_NOT_KEPT.finding(
                limits, part=name, requests=part.requests, due=part.due
            )


def _tasks(trial: TrialRecord, limits: Limits) -> Iterator[Finding]:
    if trial.tasks and trial.tasks.lost:
        yield table.TASKS_LOST.finding(limits, lost=trial.tasks.lost, accepted=trial.tasks.accepted)


def _rows(trial: TrialRecord) -> Iterator[Finding]:
    rows = trial.rows
    if rows is None:
        return
    pairs = (
        ("users", rows.users_added, "registrations answered 201", rows.registrations_201),
        ("tasks", rows.tasks_added, "invoices answered 202", rows.invoices_202),
    )
    unanswered = trial.disturbed.timeouts if trial.disturbed else 0
    for name, added, answers, answered in pairs:
        more = 0 if added is None or answered is None else added - answered
        if added != answered and not 0 < more <= unanswered:
            yield table.ROWS_DIFFER.finding(
                added=added, table=name, answered=answered, answers=answers
            )


def _statements(trial: TrialRecord) -> Iterator[Finding]:
    found = trial.statements
    if found is None or found.least <= found.run <= found.most:
        return
    wanted = f"{found.most}" if found.least == found.most else f"{found.least} to {found.most}"
    yield table.STATEMENTS_DIFFER.finding(run=found.run, wanted=wanted, service=trial.service)


def _origin(trial: TrialRecord) -> Iterator[Finding]:
    if trial.counters == "engine":
        yield table.RESOURCES_BY_ENGINE.finding()


def check_clock(trial: TrialRecord, limits: Limits) -> Iterator[Finding]:
    """The finding on a step of the machine's clock; of a trial without results too."""
    if trial.clocks is None:
        yield table.COUNTERS_MISSING.finding(
            trials=(trial.number,), what="the machine's clocks", where=""
        )
        return
    step_ms = trial.clocks.step_ms
    if abs(step_ms) > limits.clock_step_ms_max:
        direction = "forward" if step_ms > 0 else "back"
        yield table.CLOCK_STEPPED.finding(
            limits, trials=(trial.number,), step_ms=abs(step_ms), direction=direction
        )
