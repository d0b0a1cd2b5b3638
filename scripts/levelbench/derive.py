"""results.json from a run's records: a pure function, no clock, no files, no randomness."""

import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial

from levelbench import comparison, stats
from levelbench.comparison import DEFAULT_PRIMARY, DIRECTIONS, Observations
from levelbench.results import (
    CONTAINERS,
    ENDPOINTS,
    UNDEFINED,
    Claim,
    Container,
    Control,
    CpuPerRequest,
    Endpoint,
    EndpointResults,
    EndpointWindow,
    Estimate,
    Finding,
    Interval,
    LatencyFigures,
    Results,
    Run,
    ServiceResults,
    ServiceSummary,
    TaskResults,
    TrialRecord,
    WorkloadResults,
)

UNRANKED_CODES = frozenset({"database-bound"})
"""Findings of a trial that make its figure another container's: shown, labelled, not ranked."""

CONTESTANT_CODES = frozenset({"contestant-left-out", "contestant-failed"})
"""Errors that are one contestant's own result: they void its figures and not the run's."""

Figure = Callable[[TrialRecord], float | None]


def derive(run: Run, claims: Sequence[Claim] = ()) -> Results:
    """Everything that is published, from what was recorded."""
    record = run.record
    trials = final_trials(run.trials)
    workloads = {name: _workload(run, name, trials) for name in record.workloads}
    findings = (
        *record.findings,
        *_trial_findings(run.trials),
        *_left_out(trials),
        *_failing(trials),
        *_machine_speed(trials),
        *_drifts(run, trials),
        *_controls(workloads),
    )
    measured = any(trial.status == "valid" for trial in trials)
    # Findings of single trials take those trials out; only what concerns the run voids it.
    valid = measured and not any(
        finding.severity == "error" and finding.code not in CONTESTANT_CODES
        for finding in record.findings
    )
    # Noise beyond the limit spoils no figure, but too much to be told apart.
    noisy = any(workload.control and _too_wide(workload.control) for workload in workloads.values())
    return Results(
        run_id=record.run_id,
        profile=record.profile,
        seed=record.seed,
        status=record.status,
        valid=valid,
        publishable=valid and not noisy and record.publishable and record.profile != "smoke",
        findings=findings,
        environment=record.environment,
        services={name: _summary(run, name, trials) for name in record.services},
        workloads=workloads,
        claims=tuple(claims),
    )


def passed(results: Results) -> bool:
    """Whether the run is valid, no contestant failed and each has a figure: what an exit status
    is made of."""
    return (
        results.valid
        and not any(finding.code in CONTESTANT_CODES for finding in results.findings)
        and all(s.trials for w in results.workloads.values() for s in w.services.values())
    )


def final_trials(trials: Iterable[TrialRecord]) -> list[TrialRecord]:
    """One trial for each place in the plan: the last attempt. Earlier ones are evidence only."""
    last: dict[tuple[str, str, int], TrialRecord] = {}
    for trial in trials:
        place = (trial.workload, trial.label, trial.block)
        if place not in last or trial.attempt >= last[place].attempt:
            last[place] = trial
    return sorted(last.values(), key=lambda trial: trial.number)


# --- figures ----------------------------------------------------------------------------------


def estimate(values: Sequence[float | None]) -> Estimate:
    """Mean over trials with its interval. Undefined unless every trial has the figure: a mean
    over those that happen to have it would be of another set of trials."""
    known = [value for value in values if value is not None]
    if not known or len(known) < len(values):
        return UNDEFINED
    bounds = stats.mean_interval(known)
    if bounds is None:
        return Estimate(value=math.fsum(known) / len(known))
    # No figure here can be negative: cutting the interval at 0 keeps its coverage.
    interval = Interval(low=max(0.0, bounds.low), high=bounds.high)
    return Estimate(value=bounds.value, confidence_interval=interval)


def figure(metric: str) -> Figure:
    """How a metric of `comparison.DIRECTIONS` is read from one trial."""
    if metric == "throughput_rps":
        return lambda trial: trial.window.throughput_rps if trial.window else None
    if metric.startswith("cpu_ms_per_request."):
        container = next(c for c in CONTAINERS if metric.endswith(f".{c}"))
        return lambda trial: cpu_ms_per_request(trial, container)
    field = metric.removeprefix("latency_")
    return lambda trial: _latency(trial.window.latency, field) if trial.window else None


def _latency(latency: LatencyFigures, field: str) -> float | None:
    value: float | None = getattr(latency, field)
    return value


def cpu_ms_per_request(trial: TrialRecord, container: Container) -> float | None:
    use = trial.resources.get(container)
    if use is None or use.cpu_ms is None or trial.window is None or trial.window.requests == 0:
        return None
    return use.cpu_ms / trial.window.requests


def _memory_peak(trial: TrialRecord) -> float | None:
    use = trial.resources.get("service")
    return use.memory_peak_mib if use else None


def _observations(trials: Iterable[TrialRecord], metric: str) -> Observations:
    """Block -> value over valid trials, for those that have the figure."""
    read = figure(metric)
    values = {trial.block: read(trial) for trial in trials if trial.status == "valid"}
    return {block: value for block, value in values.items() if value is not None}


def _error_rate(windows: Iterable[tuple[int, int]]) -> float | None:
    """Errors / requests, pooled over (errors, requests)."""
    errors, requests = 0, 0
    for window_errors, window_requests in windows:
        errors += window_errors
        requests += window_requests
    return errors / requests if requests else None


# --- services ---------------------------------------------------------------------------------


def _summary(run: Run, name: str, trials: Sequence[TrialRecord]) -> ServiceSummary:
    record = run.record.services[name]
    own = [trial for trial in trials if trial.label == name]
    starts = [
        trial.cold_start_ms
        for trial in own
        if trial.status == "valid" and trial.cold_start_ms is not None
    ]
    return ServiceSummary(
        role=record.role,
        display_name=record.display_name,
        verified=record.verified,
        failure=record.failure or _failure(own),
        cold_start_ms=estimate(starts) if starts else Estimate(value=record.cold_start_ms),
        image_mib=record.image_mib,
        memory_idle_mib=record.memory_idle_mib,
    )


def _failure(trials: Sequence[TrialRecord]) -> str | None:
    """Why a service has no figure, when trials of it failed and none is valid.

    Invalid trials are the lab's fault: they leave a service without a figure, not failed.
    """
    failed = [trial for trial in trials if trial.status == "failed"]
    if not failed or any(trial.status == "valid" for trial in trials):
        return None
    causes = Counter(f.cause for t in failed for f in t.findings if f.severity == "error")
    said = f"{len(failed)} of {_count(trials, 'trial')} failed"
    return f"{said}: {causes.most_common(1)[0][0]}" if causes else said


def _service(
    trials: Sequence[TrialRecord],
    floor: Observations | None,
    rank: tuple[int, int] | None,
    *,
    is_floor: bool,
) -> ServiceResults:
    valid = [trial for trial in trials if trial.status == "valid"]
    ran = [trial for trial in trials if trial.status != "invalid"]
    windows = [trial.window for trial in valid if trial.window]

    def over_trials(read: Figure) -> Estimate:
        return estimate([read(trial) for trial in valid])

    cpu = {
        container: over_trials(partial(cpu_ms_per_request, container=container))
        for container in CONTAINERS
    }
    floor_ratio = None
    if is_floor:
        floor_ratio = Estimate(value=1.0)
    elif floor is not None:
        own = _observations(valid, "cpu_ms_per_request.service")
        floor_ratio = comparison.ratio(comparison.paired(own, floor))
    return ServiceResults(
        trials=len(valid),
        requests=sum(window.requests for window in windows),
        error_rate=_error_rate((t.window.errors, t.window.requests) for t in ran if t.window),
        throughput_rps=over_trials(figure("throughput_rps")),
        latency_mean_ms=over_trials(figure("latency_mean_ms")),
        latency_p50_ms=over_trials(figure("latency_p50_ms")),
        latency_p95_ms=over_trials(figure("latency_p95_ms")),
        latency_p99_ms=over_trials(figure("latency_p99_ms")),
        cpu_ms_per_request=CpuPerRequest(**cpu),
        floor_ratio=floor_ratio,
        memory_peak_mib=over_trials(_memory_peak),
        rank=rank,
        endpoints={
            endpoint: _endpoint(valid, ran, endpoint)
            for endpoint in ENDPOINTS
            if any(endpoint in trial.endpoints for trial in ran)
        },
        tasks=_tasks(valid),
    )


def _endpoint(
    valid: Sequence[TrialRecord], ran: Sequence[TrialRecord], endpoint: Endpoint
) -> EndpointResults:
    windows = [trial.endpoints.get(endpoint) for trial in valid]

    def over_trials(read: Callable[[EndpointWindow], float | None]) -> Estimate:
        return estimate([read(window) if window else None for window in windows])

    statements = {window.statements_per_request for window in windows if window}
    return EndpointResults(
        requests=sum(window.requests for window in windows if window),
        error_rate=_error_rate(
            (trial.endpoints[endpoint].errors, trial.endpoints[endpoint].requests)
            for trial in ran
            if endpoint in trial.endpoints
        ),
        throughput_rps=over_trials(lambda window: window.throughput_rps),
        latency_mean_ms=over_trials(lambda window: window.latency.mean_ms),
        latency_p50_ms=over_trials(lambda window: window.latency.p50_ms),
        latency_p95_ms=over_trials(lambda window: window.latency.p95_ms),
        latency_p99_ms=over_trials(lambda window: window.latency.p99_ms),
        # A count that differs between trials is no property of the service.
        statements_per_request=statements.pop() if len(statements) == 1 else None,
    )


def _tasks(trials: Sequence[TrialRecord]) -> TaskResults | None:
    tasks = [trial.tasks for trial in trials if trial.tasks]
    if not tasks:
        return None
    return TaskResults(
        accepted=sum(task.accepted for task in tasks),
        completed=sum(task.completed for task in tasks),
        lost=sum(task.lost for task in tasks),
        lag_p50_ms=estimate([task.lag_p50_ms for task in tasks]),
        lag_p95_ms=estimate([task.lag_p95_ms for task in tasks]),
    )


# --- workloads --------------------------------------------------------------------------------


def primary_metric(run: Run, workload: str) -> str:
    return run.record.primary_metrics.get(workload, DEFAULT_PRIMARY)


def _workload(run: Run, name: str, trials: Sequence[TrialRecord]) -> WorkloadResults:
    record = run.record
    by_label: dict[str, list[TrialRecord]] = {}
    for planned in record.plan:  # a service that never ran still has its row
        if planned.workload == name:
            by_label.setdefault(planned.label, [])
    for trial in trials:
        if trial.workload == name:
            by_label.setdefault(trial.label, []).append(trial)
    services = {label: own for label, own in by_label.items() if label in record.services}
    measured = {
        label: own for label, own in services.items() if any(t.status == "valid" for t in own)
    }
    ranked = frozenset(
        label
        for label, own in measured.items()
        if record.services[label].role == "contestant" and not _unranked(own)
    )

    primary = primary_metric(run, name)
    control = _control(by_label, primary)
    comparisons = []
    for metric in sorted(DIRECTIONS, key=lambda metric: metric != primary):
        twin = _control(by_label, metric)
        tie = comparison.tie_of(record.tie_threshold, twin.ratio if twin else None)
        observations = {label: _observations(own, metric) for label, own in measured.items()}
        comparisons += comparison.compare(
            metric, observations, ranked, tie, primary=metric == primary
        )

    trusted = not _too_wide(control)
    order = sorted(ranked)
    ranks = comparison.rank_ranges(order, comparisons if trusted else [])
    floors = [label for label in sorted(measured) if record.services[label].role == "reference"]
    floor = _observations(measured[floors[0]], "cpu_ms_per_request.service") if floors else None
    return WorkloadResults(
        parameters=record.workloads[name],
        services={
            label: _service(services[label], floor, ranks.get(label), is_floor=label in floors[:1])
            for label in record.services
            if label in services
        },
        comparisons=tuple(comparisons),
        control=control,
    )


def _unranked(trials: Sequence[TrialRecord]) -> bool:
    """A contestant that failed a trial is not ranked by those that it survived; nor is one
    whose figure is another container's in half of its trials or more."""
    if any(trial.status == "failed" for trial in trials):
        return True
    valid = [trial for trial in trials if trial.status == "valid"]
    bound = sum(any(f.code in UNRANKED_CODES for f in trial.findings) for trial in valid)
    return 2 * bound >= len(valid)


def _control(by_label: Mapping[str, Sequence[TrialRecord]], metric: str) -> Control | None:
    for twin in by_label.values():
        if twin and twin[0].is_control:
            service = twin[0].service
            own = _observations(by_label.get(service, ()), metric)
            pairs = comparison.paired(_observations(twin, metric), own)
            return Control(service=service, ratio=comparison.ratio(pairs))
    return None


def _too_wide(control: Control | None) -> bool:
    bound = comparison.control_bound(control.ratio if control else None)
    return bound is not None and bound > comparison.CONTROL_LIMIT


# --- findings that need more than one trial -----------------------------------------------------


def _trial_findings(trials: Iterable[TrialRecord]) -> list[Finding]:
    """Findings of the trials, those that say the same merged and their trials listed."""
    merged: dict[tuple[str, str, str, str], list[int]] = {}
    for trial in trials:
        for finding in trial.findings:
            key = (finding.code, finding.severity, finding.cause, finding.remedy)
            merged.setdefault(key, []).extend(finding.trials or (trial.number,))
    return [
        Finding.model_validate(
            {
                "code": code,
                "severity": severity,
                "cause": cause,
                "remedy": remedy,
                "trials": sorted(set(numbers)),
            }
        )
        for (code, severity, cause, remedy), numbers in merged.items()
    ]


def _left_out(trials: Sequence[TrialRecord]) -> list[Finding]:
    numbers = tuple(trial.number for trial in trials if trial.status == "invalid")
    if not numbers:
        return []
    return [
        Finding(
            code="trials-left-out",
            severity="warning",
            cause=f"{_count(numbers, 'trial')} invalid after every attempt and left out",
            remedy="See the findings of these trials; figures rest on the other blocks.",
            trials=numbers,
        )
    ]


def _failing(trials: Sequence[TrialRecord]) -> list[Finding]:
    findings = []
    for name in sorted({trial.service for trial in trials if trial.status == "failed"}):
        own = [trial for trial in trials if trial.service == name]
        numbers = tuple(trial.number for trial in own if trial.status == "failed")
        findings.append(
            Finding(
                code="contestant-failed",
                severity="error",
                cause=f"{name} failed in {len(numbers)} of {len(own)} trials and is not ranked",
                remedy="See the findings of these trials and the logs beside them.",
                trials=numbers,
            )
        )
    return findings


def _machine_speed(trials: Sequence[TrialRecord]) -> list[Finding]:
    timed = [(t.number, t.machine_speed) for t in trials if t.machine_speed is not None]
    odd = stats.outliers([speed for _, speed in timed])
    if not odd:
        return []
    numbers = tuple(timed[i][0] for i in odd)
    return [
        Finding(
            code="machine-speed-outlier",
            severity="warning",
            cause=f"the machine's speed was more than {stats.OUTLIER_DEVIATIONS:g} deviations "
            f"from its usual before {_count(numbers, 'trial')}",
            remedy="Run on a machine with nothing else to do.",
            trials=numbers,
        )
    ]


def _drifts(run: Run, trials: Sequence[TrialRecord]) -> list[Finding]:
    """Throughput that differs between the halves of the window, in most trials the same way."""
    findings = []
    for workload in run.record.workloads:
        by_label: dict[str, list[TrialRecord]] = {}
        for trial in trials:
            if trial.workload == workload and trial.status == "valid":
                by_label.setdefault(trial.label, []).append(trial)
        control = _control(by_label, "throughput_rps")
        tie = comparison.tie_of(run.record.tie_threshold, control.ratio if control else None)
        for label, own in sorted(by_label.items()):
            halves = [trial.window.halves for trial in own if trial.window and trial.window.halves]
            pairs = [(second, first) for first, second in halves if first and second]
            drift = comparison.ratio(pairs)
            if comparison.verdict(drift.confidence_interval, tie, "higher") in (
                "faster",
                "slower",
            ):
                findings.append(
                    Finding(
                        code="throughput-drifts",
                        severity="warning",
                        cause=f"{workload}: the second half of {label}'s window had "
                        f"{drift.value:.2f} times the first half's throughput",
                        remedy="Measure longer, after a longer warm-up.",
                        trials=tuple(trial.number for trial in own),
                    )
                )
    return findings


def _controls(workloads: Mapping[str, WorkloadResults]) -> list[Finding]:
    findings = []
    for name, workload in workloads.items():
        control = workload.control
        if control is None or not _too_wide(control):
            continue
        interval = control.ratio.confidence_interval
        assert interval is not None  # _too_wide has looked
        findings.append(
            Finding(
                code="a-a-too-wide",
                severity="warning",
                cause=f"{name}: {control.service} against itself came out as {interval.low:.3f} to "
                f"{interval.high:.3f}, beyond {comparison.CONTROL_LIMIT:.0%}: nobody is ranked",
                remedy="Run on a quieter machine, or with more blocks (PROFILE=standard).",
            )
        )
    return findings


def _count(counted: Sequence[object], noun: str) -> str:
    return f"{len(counted)} {noun}" + ("" if len(counted) == 1 else "s")
