"""Compare two runs: what became better or worse, with intervals."""

from collections.abc import Mapping
from dataclasses import dataclass

from levelbench.analysis import stats
from levelbench.analysis.derive import derive, final_trials
from levelbench.analysis.two_runs import changes
from levelbench.analysis.two_runs.admit import Common, Difference, Side, differences, require
from levelbench.analysis.two_runs.changes import Change, Trials
from levelbench.analysis.two_runs.culprits import Shift, shifts
from levelbench.errors import LabError
from levelbench.model.folder import Run
from levelbench.model.trial import TrialRecord


@dataclass(frozen=True)
class RunComparison:
    """The comparison of two runs, B with A."""

    a: Side
    b: Side
    by_ratio: bool
    """Whether ratios between contestants decide, and not each contestant's own metrics."""
    own: tuple[Change, ...]
    ratios: tuple[Change, ...]
    shifts: tuple[Shift, ...]
    newly_failing: tuple[str, ...]
    """Contestants that failed trials in B and none in A."""
    differences: tuple[Difference, ...]
    left_out: tuple[str, ...]

    @property
    def decided(self) -> tuple[Change, ...] | tuple[Shift, ...]:
        """Primary changes beyond noise, both ways, by what decides."""
        if self.by_ratio:
            return self.shifts
        return tuple(c for c in self.own if c.primary and c.verdict in ("better", "worse"))

    @property
    def regressed(self) -> bool:
        """Whether anything became worse beyond noise."""
        return bool(self.newly_failing) or any(c.verdict == "worse" for c in self.decided)


def compare(a: Run, b: Run, *, by_ratio: bool = False) -> RunComparison:
    """Compare run B with run A. Raises LabError, with the reason, when they cannot be compared."""
    one, other = Side(a, derive(a)), Side(b, derive(b))
    common = require(one, other)
    contestants = [n for n in common.services if _is_contestant(one, other, n)]
    if by_ratio and len(contestants) < 2:
        raise LabError(
            f"runs {one.name} and {other.name} cannot be compared by ratios: that takes two "
            "contestants that both have",
            "Compare without --by-ratio.",
        )
    before, after = (_by_workload(side.run, common) for side in (one, other))
    ties = {m: changes.tie_of(one, other, before, after, m) for m in changes.measures(common)}
    own = tuple(changes.of_figures(common, contestants, before, after, ties))
    ratios = tuple(changes.of_ratios(contestants, before, after, ties))
    if all(change.ratio.confidence_interval is None for change in own):
        raise LabError(
            f"runs {one.name} and {other.name} cannot be compared: no contestant has "
            f"{stats.MIN_TRIALS} valid trials or more in both",
            "Compare runs of a larger profile.",
        )
    return RunComparison(
        a=one,
        b=other,
        by_ratio=by_ratio,
        own=own,
        ratios=ratios,
        shifts=tuple(shifts(ratios)),
        newly_failing=tuple(
            name
            for name in contestants
            if _fails(other, after, name) and not _fails(one, before, name)
        ),
        differences=differences(one, other),
        left_out=common.left_out,
    )


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
