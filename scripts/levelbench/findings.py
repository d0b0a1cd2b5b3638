"""Findings that need more than one trial; those of single trials are `validity`'s."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from levelbench import comparison, stats
from levelbench.figures import control
from levelbench.records import Finding, Run, TrialRecord
from levelbench.results import WorkloadResults


def of_run(
    run: Run, trials: Sequence[TrialRecord], workloads: Mapping[str, WorkloadResults]
) -> tuple[Finding, ...]:
    """All findings: as recorded, of every attempt, and over the final `trials`."""
    return (
        *run.record.findings,
        *_of_trials(run.trials),
        *_left_out(trials),
        *_failing(trials),
        *_machine_speed(trials),
        *_drifts(run, trials),
        *_controls(workloads),
    )


def failure(trials: Sequence[TrialRecord]) -> str | None:
    """Why a service has no figure, when trials of it failed and none is valid.

    Invalid trials are the lab's fault: they leave a service without a figure, not failed.
    """
    failed = [trial for trial in trials if trial.status == "failed"]
    if not failed or any(trial.status == "valid" for trial in trials):
        return None
    causes = Counter(f.cause for t in failed for f in t.findings if f.severity == "error")
    said = f"{len(failed)} of {_count(trials, 'trial')} failed"
    return f"{said}: {causes.most_common(1)[0][0]}" if causes else said


def _of_trials(trials: Iterable[TrialRecord]) -> list[Finding]:
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
        twin = control(by_label, "throughput_rps")
        tie = comparison.tie_of(run.record.tie_threshold, twin.ratio if twin else None)
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
        twin = workload.control
        if twin is None or not comparison.too_wide(twin.ratio):
            continue
        interval = twin.ratio.confidence_interval
        assert interval is not None  # too_wide has looked
        findings.append(
            Finding(
                code="a-a-too-wide",
                severity="warning",
                cause=f"{name}: {twin.service} against itself came out as {interval.low:.3f} to "
                f"{interval.high:.3f}, beyond {comparison.CONTROL_LIMIT:.0%}: nobody is ranked",
                remedy="Run on a quieter machine, or with more blocks (PROFILE=standard).",
            )
        )
    return findings


def _count(counted: Sequence[object], noun: str) -> str:
    return f"{len(counted)} {noun}" + ("" if len(counted) == 1 else "s")
