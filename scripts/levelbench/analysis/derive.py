"""Derive results.json from a run's records: a pure function without clock, files or randomness."""

from collections.abc import Iterable, Sequence
from types import MappingProxyType

from levelbench.analysis import effects, instructions, size, sweep
from levelbench.analysis.checks import run as findings
from levelbench.analysis.checks import table
from levelbench.analysis.estimates import estimate
from levelbench.analysis.published import Leads
from levelbench.analysis.two_runs import counted
from levelbench.analysis.workload import of_workload
from levelbench.model.code import summary
from levelbench.model.estimate import Estimate
from levelbench.model.finding import Finding
from levelbench.model.folder import Run
from levelbench.model.included import What
from levelbench.model.metrics import COLD_START, METRICS
from levelbench.model.results import IncludedSummary, Results, ServiceSummary
from levelbench.model.trial import TrialRecord

VOIDING = table.codes("run", "run")
"""Findings that void the run."""

CONTESTANT_CODES = table.codes("run", "contestant")
"""Findings that void one contestant's results, not the run's."""


def derive(run: Run, leads: Leads = MappingProxyType({})) -> Results:
    """Derive results from a run's records; `leads` are claimed ratios to split, where measured."""
    record = run.record
    trials = final_trials(run.trials)
    workloads = {name: of_workload(run, name, trials, leads) for name in record.workloads}
    found = findings.of_run(run, trials, workloads)
    limiting = voiding(run, found) or unpublishable(found)
    reasons = [_reason(finding) for finding in limiting]
    if not record.publishable and not voiding(run, found):
        reasons.append(
            f"The {record.profile} profile is too small to be published. Run with PROFILE=standard."
        )
    return Results(
        run_id=record.run_id,
        profile=record.profile,
        seed=record.seed,
        status=record.status,
        valid=not voiding(run, found),
        publishable=not reasons,
        reasons=tuple(reasons),
        findings=found,
        environment=record.environment,
        statistics=record.statistics,
        services={name: _summary(run, name, trials) for name in record.services},
        workloads=workloads,
        precision=record.precision,
        since=run.since,
        instructions=instructions.of_run(run),
        effects=tuple(effects.of_counts(run)),
        paired_instructions=counted.of_run(run),
        sweep=sweep.of_run(run, trials),
        size=size.of_run(run, trials),
    )


def voiding(run: Run, found: Iterable[Finding]) -> list[Finding]:
    """The findings that void the run: those on the run as a whole. One on a trial excludes it."""
    return [
        f
        for f in found
        if f.code in VOIDING
        or (f in run.record.findings and f.severity == "error" and f.code not in CONTESTANT_CODES)
    ]


def unpublishable(found: Iterable[Finding]) -> list[Finding]:
    """The findings that leave a run valid and not publishable."""
    return [f for f in found if f.code in table.UNPUBLISHABLE and f.endpoint is None]


def _reason(finding: Finding) -> str:
    """Cause and remedy of a finding, as sentences."""
    return f"{finding.cause[:1].upper()}{finding.cause[1:].rstrip('.')}. {finding.remedy}"


def passed(results: Results) -> bool:
    """Whether the run is valid, no contestant failed and each has a valid trial."""
    return (
        results.valid
        and not any(finding.code in CONTESTANT_CODES for finding in results.findings)
        and all(s.trials for w in results.workloads.values() for s in w.services.values())
    )


def final_trials(trials: Iterable[TrialRecord]) -> list[TrialRecord]:
    """The trials of one attempt of each block, and the failed ones of its other attempts.

    The attempt is the one with the most valid trials, or the earliest of several. A ratio of trials
    of different attempts would compare different conditions. A failure is the contestant's own
    result, which no other attempt cancels. All else of other attempts is evidence only.
    """
    blocks: dict[tuple[str, int], dict[int, list[TrialRecord]]] = {}
    for trial in trials:
        attempts = blocks.setdefault((trial.workload, trial.block), {})
        attempts.setdefault(trial.attempt, []).append(trial)
    final = []
    for attempts in blocks.values():
        chosen = max(attempts, key=lambda n: (_valid(attempts[n]), -n))
        final += attempts[chosen]
        final += [
            trial
            for number, others in attempts.items()
            for trial in others
            if number != chosen and trial.status == "failed"
        ]
    return sorted(final, key=lambda trial: (trial.number, trial.attempt))


def _valid(trials: Iterable[TrialRecord]) -> int:
    return sum(trial.status == "valid" for trial in trials)


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
        variant=record.variant,
        included=_included(run, name),
        traits=record.traits,
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
