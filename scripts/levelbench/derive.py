"""results.json from a run's records: a pure function, no clock, no files, no randomness."""

from collections.abc import Callable, Iterable, Sequence
from functools import partial

from levelbench import comparison, findings
from levelbench.comparison import DEFAULT_PRIMARY, DIRECTIONS, Observations
from levelbench.figures import (
    Figure,
    control,
    cpu_ms_per_request,
    error_rate,
    estimate,
    figure,
    memory_peak,
    observations,
)
from levelbench.records import EndpointWindow, Run, TrialRecord
from levelbench.results import (
    Claim,
    CpuPerRequest,
    EndpointResults,
    Estimate,
    Results,
    ServiceResults,
    ServiceSummary,
    TaskResults,
    WorkloadResults,
)
from levelbench.words import CONTAINERS, ENDPOINTS, Endpoint

UNRANKED_CODES = frozenset({"database-bound"})
"""Findings of a trial that make its figure another container's: shown, labelled, not ranked."""

CONTESTANT_CODES = frozenset({"contestant-left-out", "contestant-failed"})
"""Errors that are one contestant's own result: they void its figures and not the run's."""


def derive(run: Run, claims: Sequence[Claim] = ()) -> Results:
    """Everything that is published, from what was recorded."""
    record = run.record
    trials = final_trials(run.trials)
    workloads = {name: _workload(run, name, trials) for name in record.workloads}
    measured = any(trial.status == "valid" and not trial.is_control for trial in trials)
    # Findings of single trials take those trials out; only what concerns the run voids it.
    valid = measured and not any(
        finding.severity == "error" and finding.code not in CONTESTANT_CODES
        for finding in record.findings
    )
    # Noise beyond the limit spoils no figure, but too much to be told apart.
    noisy = any(
        workload.control and comparison.too_wide(workload.control.ratio)
        for workload in workloads.values()
    )
    return Results(
        run_id=record.run_id,
        profile=record.profile,
        seed=record.seed,
        status=record.status,
        valid=valid,
        publishable=valid and not noisy and record.publishable and record.profile != "smoke",
        findings=findings.of_run(run, trials, workloads),
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


def primary_metric(run: Run, workload: str) -> str:
    return run.record.primary_metrics.get(workload, DEFAULT_PRIMARY)


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
        failure=record.failure or findings.failure(own),
        cold_start_ms=estimate(starts) if starts else Estimate(value=record.cold_start_ms),
        image_mib=record.image_mib,
        memory_idle_mib=record.memory_idle_mib,
    )


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
        own = observations(valid, "cpu_ms_per_request.service")
        floor_ratio = comparison.ratio(comparison.paired(own, floor))
    return ServiceResults(
        trials=len(valid),
        requests=sum(window.requests for window in windows),
        error_rate=error_rate((t.window.errors, t.window.requests) for t in ran if t.window),
        throughput_rps=over_trials(figure("throughput_rps")),
        latency_mean_ms=over_trials(figure("latency_mean_ms")),
        latency_p50_ms=over_trials(figure("latency_p50_ms")),
        latency_p95_ms=over_trials(figure("latency_p95_ms")),
        latency_p99_ms=over_trials(figure("latency_p99_ms")),
        cpu_ms_per_request=CpuPerRequest(**cpu),
        floor_ratio=floor_ratio,
        memory_peak_mib=over_trials(memory_peak),
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
        error_rate=error_rate(
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
    noise = control(by_label, primary)
    comparisons = []
    for metric in sorted(DIRECTIONS, key=lambda metric: metric != primary):
        twin = control(by_label, metric)
        tie = comparison.tie_of(record.tie_threshold, twin.ratio if twin else None)
        observed = {label: observations(own, metric) for label, own in measured.items()}
        comparisons += comparison.compare(metric, observed, ranked, tie, primary=metric == primary)

    trusted = not comparison.too_wide(noise.ratio if noise else None)
    order = sorted(ranked)
    ranks = comparison.rank_ranges(order, comparisons if trusted else [])
    floors = [label for label in sorted(measured) if record.services[label].role == "reference"]
    floor = observations(measured[floors[0]], "cpu_ms_per_request.service") if floors else None
    return WorkloadResults(
        parameters=record.workloads[name],
        services={
            label: _service(services[label], floor, ranks.get(label), is_floor=label in floors[:1])
            for label in record.services
            if label in services
        },
        comparisons=tuple(comparisons),
        control=noise,
    )


def _unranked(trials: Sequence[TrialRecord]) -> bool:
    """A contestant that failed a trial is not ranked by those that it survived; nor is one
    whose figure is another container's in half of its trials or more."""
    if any(trial.status == "failed" for trial in trials):
        return True
    valid = [trial for trial in trials if trial.status == "valid"]
    bound = sum(any(f.code in UNRANKED_CODES for f in trial.findings) for trial in valid)
    return 2 * bound >= len(valid)
