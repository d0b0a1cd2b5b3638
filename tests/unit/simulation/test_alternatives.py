"""Simultaneous intervals: why each pair has its own variance, with Bonferroni."""

import math

import numpy as np
import pytest

from levelbench.analysis.derive import derive
from tests.unit.simulation import alternatives
from tests.unit.simulation.alternatives import coverage, simulated
from tests.unit.simulation.machine import DRIFTING, Timing
from tests.unit.simulation.runs import Experiment, primaries

TIMING = Timing(warmup_s=5, measure_s=10)
RUNS = 4_000
UNEVEN = simulated(DRIFTING.quieter(0.25), TIMING, 5, (0.015, 0.02, 0.035, 0.07), RUNS, seed=1)


def test_the_vectorised_interval_is_the_labs_own() -> None:
    simulated, (run,) = Experiment(5, TIMING, control=False).records(1, seed=1)
    intervals = [pair.ratio.confidence_interval for pair in primaries(derive(run))]
    widths = [math.log(each.high / each.low) / 2 for each in intervals if each]
    assert alternatives.bonferroni(simulated.values())[0] == pytest.approx(widths)


def test_bonferroni_covers_with_unequal_noise() -> None:
    assert 0.93 <= coverage(UNEVEN, alternatives.bonferroni(UNEVEN)) <= 0.98


def test_tukey_does_not_cover_with_unequal_noise() -> None:
    assert coverage(UNEVEN, alternatives.tukey(UNEVEN)) < 0.93


def test_moderation_widens_the_closest_pair() -> None:
    own, moderated = alternatives.bonferroni(UNEVEN), alternatives.moderated(UNEVEN)
    assert np.median(moderated[:, 0]) > np.median(own[:, 0])
