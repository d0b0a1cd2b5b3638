"""How often a design claims what is not so, and how often its intervals hold the truth."""

import math
from collections.abc import Mapping
from itertools import combinations

from scipy import stats as scipy_stats

from levelbench.analysis.derive import derive
from levelbench.model.folder import Run
from levelbench.model.results import Comparison
from tests.unit.simulation.runs import Experiment, primaries


def false_positives(design: Experiment, runs: int, seed: int) -> float:
    """Share of runs in which any pair of equal contestants is called faster or slower."""
    called = sum(
        any(pair.verdict in ("faster", "slower") for pair in primaries(derive(run)))
        for run in design.runs(runs, seed)
    )
    return called / runs


def coverage(design: Experiment, runs: int, seed: int) -> float:
    """Share of runs in which the intervals of all pairs hold the true ratios, all at once."""
    covered = sum(
        all(_covers(pair, design.truth) for pair in primaries(derive(run)))
        for run in design.runs(runs, seed)
    )
    return covered / runs


def _covers(pair: Comparison, truth: Mapping[str, float]) -> bool:
    interval = pair.ratio.confidence_interval
    return interval is not None and interval.low <= truth[pair.a] / truth[pair.b] <= interval.high


def t_test_positives(design: Experiment, runs: int, seed: int) -> float:
    """Share of runs in which an unpaired t-test at 5% tells any pair apart: what a spreadsheet
    does with trials that it takes to be independent."""
    return sum(_t_tests_tell_apart(run) for run in design.runs(runs, seed)) / runs


def _t_tests_tell_apart(run: Run) -> bool:
    logs: dict[str, list[float]] = {}
    for trial in run.trials:
        assert trial.window is not None
        assert trial.window.throughput_rps is not None
        logs.setdefault(trial.label, []).append(math.log(trial.window.throughput_rps))
    return any(
        scipy_stats.ttest_ind(logs[a], logs[b]).pvalue < 0.05 for a, b in combinations(logs, 2)
    )
