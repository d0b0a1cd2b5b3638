"""Compare two runs: what became better or worse, with intervals."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from levelbench.analysis import stats, verdict
from levelbench.analysis.derive import derive, final_trials
from levelbench.analysis.text import biased
from levelbench.analysis.two_runs import changes
from levelbench.analysis.two_runs import state as states
from levelbench.analysis.two_runs.admit import Common, Difference, Side, differences, require
from levelbench.analysis.two_runs.changes import Change, Trials
from levelbench.analysis.two_runs.culprits import Shift, shifts
from levelbench.analysis.two_runs.state import State
from levelbench.errors import LabError
from levelbench.model.estimate import Estimate
from levelbench.model.folder import Run
from levelbench.model.trial import TrialRecord


@dataclass(frozen=True)
class RunComparison:
    """The comparison of two runs, B with A. Ratios between contestants decide its state."""

    a: Side
    b: Side
    margin: float
    own: tuple[Change, ...]
    ratios: tuple[Change, ...]
    shifts: tuple[Shift, ...]
    newly_failing: tuple[str, ...]
    """Contestants that failed trials in B and none in A."""
    reserves: tuple[str, ...]
    """Why the runs cannot show that nothing became slower, whatever the intervals are."""
    differences: tuple[Difference, ...]
    left_out: tuple[str, ...]
    warnings: tuple[str, ...]

    @property
    def decided(self) -> tuple[Shift, ...]:
        """Changes that were shown, both ways."""
        return tuple(shift for shift in self.shifts if shift.verdict)

    @property
    def state(self) -> State:
        if self.newly_failing:
            return "slower"
        return states.overall((s.state for s in self.shifts), reserved=bool(self.reserves))


def compare(a: Run, b: Run, margin: float) -> RunComparison:
    """Compare run B with run A. Raises LabError, with the reason, when they cannot be compared."""
    one, other = Side(a, derive(a)), Side(b, derive(b))
    common = require(one, other)
    contestants = [n for n in common.services if _is_contestant(one, other, n)]
    before, after = (_by_workload(side.run, common) for side in (one, other))
    ties = dict.fromkeys(changes.measures(common), changes.tie_of(one, other))
    blocks_min = max(side.run.record.statistics.verdict_blocks_min for side in (one, other))
    own = tuple(changes.of_figures(common, before, after, ties, blocks_min))
    ratios = tuple(changes.of_ratios(contestants, before, after, ties, blocks_min))
    if all(change.ratio.confidence_interval is None for change in own):
        raise LabError(
            f"runs {one.name} and {other.name} cannot be compared: no contestant has "
            f"{stats.MIN_TRIALS} valid trials or more in both",
            "Compare runs of a larger profile.",
        )
    uneven = {*_uneven(one), *_uneven(other)}
    judged = tuple(shifts([c for c in ratios if c.measure.workload not in uneven], margin))
    return RunComparison(
        a=one,
        b=other,
        margin=margin,
        own=own,
        ratios=ratios,
        shifts=judged,
        newly_failing=tuple(
            name
            for name in contestants
            if _fails(other, after, name) and not _fails(one, before, name)
        ),
        reserves=tuple(_reserves(one, other, common, contestants, judged)),
        differences=differences(one, other),
        left_out=(*common.left_out, *filter(None, [common.without_cpu])),
        warnings=tuple(filter(None, [common.cpu_unknown])),
    )


def _reserves(
    a: Side, b: Side, common: Common, contestants: Sequence[str], judged: Sequence[Shift]
) -> Iterator[str]:
    for side in (a, b):
        if not side.results.publishable:
            yield f"run {side.name} is not publishable"
        for name, ratio in sorted(_uneven(side).items()):
            yield f"run {side.name}, {name}: {biased(side.results, ratio)}"
    for name, summary in a.results.services.items():
        if summary.role == "contestant" and name not in b.results.services:
            yield f"{name} is missing in run {b.name}"
    places = {(shift.measure, shift.service) for shift in judged}
    missing = {
        (measure.workload, name): None
        for measure in changes.measures(common)
        for name in contestants
        if measure.decides and (measure, name) not in places
    }
    for workload, name in missing:
        yield f"no ratio of {name} to another contestant can be compared under {workload}"
    for reason in common.left_out:
        yield f"{reason.partition(':')[0]} is not compared"


def _uneven(side: Side) -> dict[str, Estimate]:
    """Workloads that rank no contestant, with the A/A control: it shows a bias of the lab, or has
    no interval."""
    limit = side.run.record.statistics.control_limit
    return {
        name: workload.control.ratio
        for name, workload in side.results.workloads.items()
        if workload.control and verdict.untrusted(workload.control.ratio, limit)
    }


def _is_contestant(a: Side, b: Side, name: str) -> bool:
    return all(side.results.services[name].role == "contestant" for side in (a, b))


def _by_workload(run: Run, common: Common) -> Mapping[str, Trials]:
    found: dict[str, dict[str, list[TrialRecord]]] = {name: {} for name in common.workloads}
    for trial in final_trials(run.trials):
        if trial.workload in found:
            found[trial.workload].setdefault(trial.label, []).append(trial)
    return found


def _fails(side: Side, trials: Mapping[str, Trials], name: str) -> bool:
    own = [trial for workload in trials.values() for trial in workload.get(name, ())]
    return bool(side.results.services[name].failure) or any(t.status == "failed" for t in own)
