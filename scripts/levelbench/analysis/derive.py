"""Derive results.json from a run's records: a pure function without clock, files or randomness."""

from collections.abc import Iterable, Sequence
from types import MappingProxyType

from levelbench.analysis import verdict
from levelbench.analysis.checks import run as findings
from levelbench.analysis.checks import table
from levelbench.analysis.estimates import estimate
from levelbench.analysis.published import Leads
from levelbench.analysis.workload import of_workload
from levelbench.model.code import summary
from levelbench.model.estimate import Estimate
from levelbench.model.folder import Run
from levelbench.model.included import What
from levelbench.model.metrics import COLD_START, METRICS
from levelbench.model.results import IncludedSummary, Results, ServiceSummary
from levelbench.model.trial import TrialRecord

CONTESTANT_CODES = table.codes("run", "contestant")
"""Findings that void one contestant's results, not the run's."""


def derive(run: Run, leads: Leads = MappingProxyType({})) -> Results:
    """Derive results from a run's records; `leads` are claimed ratios to split, where measured."""
    record = run.record
    trials = final_trials(run.trials)
    workloads = {name: of_workload(run, name, trials, leads) for name in record.workloads}
    measured = any(trial.status == "valid" and not trial.is_control for trial in trials)
    # Findings on trials exclude those trials; only a finding on the run voids the run.
    valid = measured and not any(
        finding.severity == "error" and finding.code not in CONTESTANT_CODES
        for finding in record.findings
    )
    # Noise beyond the limit makes no metric wrong, but hides differences.
    noisy = any(
        workload.control
        and verdict.too_wide(workload.control.ratio, record.statistics.control_limit)
        for workload in workloads.values()
    )
    return Results(
        run_id=record.run_id,
        profile=record.profile,
        seed=record.seed,
        status=record.status,
        valid=valid,
        publishable=valid and not noisy and record.publishable,
        findings=findings.of_run(run, trials, workloads),
        environment=record.environment,
        statistics=record.statistics,
        services={name: _summary(run, name, trials) for name in record.services},
        workloads=workloads,
    )


def passed(results: Results) -> bool:
    """Whether the run is valid, no contestant failed and each has a valid trial."""
    return (
        results.valid
        and not any(finding.code in CONTESTANT_CODES for finding in results.findings)
        and all(s.trials for w in results.workloads.values() for s in w.services.values())
    )


def final_trials(trials: Iterable[TrialRecord]) -> list[TrialRecord]:
    """The last attempt of each planned trial. Earlier attempts are evidence only."""
    last: dict[tuple[str, str, int], TrialRecord] = {}
    for trial in trials:
        place = (trial.workload, trial.label, trial.block)
        if place not in last or trial.attempt >= last[place].attempt:
            last[place] = trial
    return sorted(last.values(), key=lambda trial: trial.number)


def _summary(run: Run, name: str, trials: Sequence[TrialRecord]) -> ServiceSummary:
    record = run.record.services[name]
    own = [trial for trial in trials if trial.label == name]
    return ServiceSummary(
        role=record.role,
        display_name=record.display_name,
        verified=record.verified,
        failure=record.failure or findings.failure(own),
        metrics=_metrics_of_run(own, record.cold_start_ms),
        image_mib=record.image_mib,
        memory_idle_mib=record.memory_idle_mib,
        code=summary(record.code) if record.code else None,
        included=_included(run, name),
    )


def _metrics_of_run(
    trials: Sequence[TrialRecord], cold_start_ms: float | None
) -> dict[str, Estimate]:
    """The metrics that no workload changes, over the trials of all of them that have it.

    Cold start falls back on `cold_start_ms`, measured in preparation.
    """
    found = {}
    for metric in METRICS:
        if metric.of_run and metric.read is not None:
            read = [metric.read(trial, None) for trial in trials if trial.status == "valid"]
            found[metric.name] = estimate([value for value in read if value is not None])
    if found[COLD_START.name].value is None:
        found[COLD_START.name] = Estimate(value=cold_start_ms)
    return found


def _included(run: Run, name: str) -> dict[What, IncludedSummary] | None:
    """The included features: as declared, and whether `verify` proved them."""
    record = run.record.services[name]
    if record.included is None:
        return None
    outcomes = {entry.rule: entry.holds for entry in run.record.parity if entry.service == name}
    return {
        entry.what: IncludedSummary(
            by=entry.by,
            itself=entry.by == next(iter(record.packages), None),
            shown=outcomes.get(f"included: {entry.what}"),
        )
        for entry in record.included
    }
