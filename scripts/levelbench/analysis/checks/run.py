"""Checks of a run: findings that need more than one trial. `trial` has those of single trials."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from levelbench.analysis import stats, verdict
from levelbench.analysis.checks import table
from levelbench.model import windows
from levelbench.model.estimate import Estimate
from levelbench.model.finding import Finding
from levelbench.model.folder import Run
from levelbench.model.limits import Statistics
from levelbench.model.results import WorkloadResults
from levelbench.model.trial import TrialRecord
from levelbench.model.vocabulary import COMPARED, Endpoint


def of_run(
    run: Run, trials: Sequence[TrialRecord], workloads: Mapping[str, WorkloadResults]
) -> tuple[Finding, ...]:
    """All findings: as recorded, of every attempt, and over the final `trials`."""
    return (
        *run.record.findings,
        *_of_trials(run.trials),
        *_left_out(run, trials),
        *_failing(trials),
        *_machine_speed(trials, run.record.statistics),
        *_drifts(run, trials),
        *_coverage(run, trials, workloads),
        *_controls(run, workloads),
    )


def failure(trials: Sequence[TrialRecord]) -> str | None:
    """Why a service has no figure, when trials of it failed and none is valid.

    Invalid trials are the lab's fault: they leave a service without a figure, not failed.
    """
    failed = [trial for trial in trials if trial.status == "failed"]
    if not failed or any(trial.status == "valid" for trial in trials):
        return None
    causes = Counter(f.cause for t in failed for f in t.findings if f.severity == "error")
    said = f"{len(failed)} of {_count(trials, 'measurement')} failed"
    return f"{said}: {causes.most_common(1)[0][0]}" if causes else said


def _of_trials(trials: Iterable[TrialRecord]) -> list[Finding]:
    """Findings of the trials, those that say the same merged and their trials listed."""
    merged: dict[Finding, list[int]] = {}
    for trial in trials:
        for finding in trial.findings:
            said = finding.of_trials()
            merged.setdefault(said, []).extend(finding.trials or (trial.number,))
    return [said.of_trials(*sorted(set(numbers))) for said, numbers in merged.items()]


def _left_out(run: Run, trials: Sequence[TrialRecord]) -> list[Finding]:
    """The planned trials of blocks that were begun which neither gave a value nor failed."""
    begun = {(trial.workload, trial.block) for trial in trials}
    known = {trial.number for trial in trials if trial.status != "invalid"}
    numbers = tuple(
        planned.number
        for planned in run.record.plan
        if (planned.workload, planned.block) in begun and planned.number not in known
    )
    if not numbers:
        return []
    return [table.TRIALS_LEFT_OUT.finding(trials=numbers, count=_count(numbers, "trial"))]


def _failing(trials: Sequence[TrialRecord]) -> list[Finding]:
    findings = []
    for name in sorted({trial.service for trial in trials if trial.status == "failed"}):
        own = [trial for trial in trials if trial.service == name]
        numbers = tuple(trial.number for trial in own if trial.status == "failed")
        findings.append(
            table.CONTESTANT_FAILED.finding(
                trials=numbers, name=name, failed=len(numbers), all=len(own)
            )
        )
    return findings


def _machine_speed(trials: Sequence[TrialRecord], limits: Statistics) -> list[Finding]:
    timed = [(t.number, t.machine_speed) for t in trials if t.machine_speed is not None]
    odd = stats.outliers([speed for _, speed in timed], limits.outlier_deviations)
    if not odd:
        return []
    numbers = tuple(timed[i][0] for i in odd)
    return [
        table.MACHINE_SPEED_OUTLIER.finding(limits, trials=numbers, count=_count(numbers, "trial"))
    ]


def _drifts(run: Run, trials: Sequence[TrialRecord]) -> list[Finding]:
    """Throughput that differs between the halves of a window, in most trials the same way."""
    findings = []
    tie = verdict.Tie(run.record.tie_threshold)
    for workload in run.record.workloads:
        by_label: dict[str, list[TrialRecord]] = {}
        for trial in trials:
            if trial.workload == workload and trial.status == "valid":
                by_label.setdefault(trial.label, []).append(trial)
        for label, own in sorted(by_label.items()):
            for endpoint, pairs in _halves(own).items():
                drift = verdict.ratio(pairs)
                found = verdict.verdict(drift.confidence_interval, tie, "higher")
                if found in ("better", "worse"):
                    which = f"{workload}, {endpoint}" if endpoint else workload
                    findings.append(
                        table.THROUGHPUT_DRIFTS.finding(
                            run.record.statistics,
                            trials=tuple(trial.number for trial in own),
                            endpoint=endpoint,
                            workload=which,
                            label=label,
                            ratio=drift.value,
                        )
                    )
    return findings


def _halves(trials: Sequence[TrialRecord]) -> dict[Endpoint | None, list[tuple[float, float]]]:
    """By endpoint, or None for a mix: throughput of each window's second and first half."""
    found: dict[Endpoint | None, list[tuple[float, float]]] = {}
    for trial in trials:
        for window in windows.of(trial):
            if window.halves and all(window.halves):
                first, second = window.halves
                found.setdefault(window.endpoint, []).append((second, first))
    return found


def _coverage(
    run: Run, trials: Sequence[TrialRecord], workloads: Mapping[str, WorkloadResults]
) -> Iterator[Finding]:
    """Contestants with too few valid trials. Those that failed are exempt: their failure is shown.
    All others count, so that a contestant that lost all its trials does not improve the run."""
    services, limits = run.record.services, run.record.statistics
    failed = {(trial.workload, trial.service) for trial in trials if trial.status == "failed"}
    measured = False
    for name, workload in workloads.items():
        few, missing = [], []
        for label, service in workload.services.items():
            measured |= service.trials > 0
            if services[label].role not in COMPARED:
                continue
            if (name, label) in failed or not service.planned:
                continue
            counted = f"{services[label].display_name} {service.trials} of {service.planned}"
            if service.trials < limits.valid_blocks_share_min * service.planned:
                few.append(counted)
            elif service.trials < max(
                limits.verdict_blocks_min, limits.publishable_blocks_share_min * service.planned
            ):
                missing.append(counted)
        if few:
            yield table.BLOCKS_TOO_FEW.finding(limits, workload=name, counts=", ".join(few))
        elif missing and run.record.publishable:
            yield table.BLOCKS_MISSING.finding(limits, workload=name, counts=", ".join(missing))
    if not measured and not run.counts:
        yield table.NOTHING_VALID.finding()


def _controls(run: Run, workloads: Mapping[str, WorkloadResults]) -> Iterator[Finding]:
    limits = run.record.statistics
    for name, workload in workloads.items():
        twin = workload.control
        if twin is None:
            continue
        if twin.ratio.confidence_interval is None:
            yield table.A_A_WITHOUT_INTERVAL.finding(workload=name)
        known = [run.record.services.get(label) for label in twin.services]
        who = known[0].display_name if len(known) == 1 and known[0] else "a framework"
        unranked = not twin.endpoints and verdict.untrusted(twin.ratio, limits.control_limit)
        effect = "the run has no ranks" if unranked else "the run is not publishable"
        yield from _too_wide(name, who, twin.ratio, effect, limits)
        for endpoint, ratio in twin.endpoints.items():
            unordered = verdict.untrusted(ratio, limits.control_limit)
            effect = "it has no order" if unordered else "it hides too much"
            where = f"{name}, {endpoint}"
            yield from _too_wide(where, who, ratio, effect, limits, endpoint)


def _too_wide(
    where: str,
    service: str,
    ratio: Estimate,
    effect: str,
    limits: Statistics,
    endpoint: Endpoint | None = None,
) -> Iterator[Finding]:
    interval = ratio.confidence_interval
    if interval is not None and verdict.too_wide(ratio, limits.control_limit):
        yield table.A_A_TOO_WIDE.finding(
            limits,
            endpoint=endpoint,
            workload=where,
            service=service,
            low=interval.low - 1,
            high=interval.high - 1,
            effect=effect,
        )


def _count(counted: Sequence[object], noun: str) -> str:
    return f"{len(counted)} {noun}" + ("" if len(counted) == 1 else "s")
