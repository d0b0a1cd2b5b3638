"""Error rate and coverage of a design: how often it claims a false difference."""

import numpy as np
from scipy import stats as scipy_stats

from tests.unit.simulation.alternatives import differences, pairs
from tests.unit.simulation.analysis import analyse
from tests.unit.simulation.machine import Array
from tests.unit.simulation.runs import Experiment


def false_positives(design: Experiment, runs: int, seed: int) -> float:
    """Share of runs in which any pair of equal contestants is called better or worse."""
    found = analyse(design, design.simulate(runs, seed))
    return float((found.better | found.worse).any(axis=1).mean())


def coverage(design: Experiment, runs: int, seed: int) -> float:
    """Share of runs in which the intervals of all pairs at once cover the true ratios."""
    found = analyse(design, design.simulate(runs, seed)).pairs
    truth = true_ratios(design)
    return float(((found.low <= truth) & (truth <= found.high)).all(axis=1).mean())


def true_ratios(design: Experiment) -> Array:
    truth = np.log(list(design.truth.values()))[None, None, :]
    return differences(truth)[0, 0]


def t_test_positives(design: Experiment, runs: int, seed: int) -> float:
    """Share of runs in which an unpaired t-test at 5% finds a difference in any pair: what a
    spreadsheet does, which assumes independent trials."""
    values = design.simulate(runs, seed).values()
    found = [
        scipy_stats.ttest_ind(values[:, :, a], values[:, :, b], axis=1).pvalue < 0.05
        for a, b in pairs(values.shape[2])
    ]
    return float(np.any(found, axis=0).mean())
