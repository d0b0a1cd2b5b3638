"""Error rate and coverage of a design: how often it claims a false difference."""

import math
from collections.abc import Mapping
from itertools import combinations

from scipy import stats as scipy_stats

from levelbench.analysis.derive import derive
from levelbench.model.folder import Run
from levelbench.model.results import Comparison
from tests.unit.simulation.runs import Experiment, primaries


def false_positives(design: Experiment, runs: int, seed: int) -> float:
    """Share of runs in which any pair of equal contestants is called better or worse."""
    called = sum(
        any(pair.verdict in ("better", "worse") for pair in primaries(derive(run)))
        for run in design.runs(runs, seed)
    )
    return called / runs


def coverage(design: Experiment, runs: int, seed: int) -> float:
    """Share of runs in which the intervals of all pairs at once cover the true ratios."""
    covered = sum(
        all(_covers(pair, design.truth) for pair in primaries(derive(run)))
        for run in design.runs(runs, seed)
    )
    return covered / runs


def _covers(pair: Comparison, truth: Mapping[str, float]) -> bool:
    interval = pair.ratio.confidence_interval
    return interval is not None and interval.low <= truth[pair.a] / truth[pair.b] <= interval.high


def t_test_positives(design: Experiment, runs: int, seed: int) -> float:
    """Share of runs in which an unpaired t-test at 5% finds a difference in any pair: what a
    spreadsheet does, which assumes independent trials."""
    return sum(_any_t_test_is_positive(run) for run in design.runs(runs, seed)) / runs


def _any_t_test_is_positive(run: Run) -> bool:
    logs: dict[str, list[float]] = {}
    for trial in run.trials:
        assert trial.window is not None
        assert trial.window.throughput_rps is not None
        logs.setdefault(trial.label, []).append(math.log(trial.window.throughput_rps))
    return any(
        scipy_stats.ttest_ind(logs[a], logs[b]).pvalue < 0.05 for a, b in combinations(logs, 2)
    )
