"""Designs of windows: short slices in more starts are more precise for the same wall time."""

import math

import numpy as np
import pytest

from levelbench.analysis.two_runs.state import state
from levelbench.analysis.verdict import Tie, verdict
from levelbench.model.estimate import Interval
from tests.unit.simulation.analysis import STATISTICS, Intervals
from tests.unit.simulation.machine import FIXED, GATED, LOUD, QUIET
from tests.unit.simulation.windows import (
    FORMER,
    MARGIN,
    Design,
    half_width,
    paired,
    regression,
    seats,
    starts_within,
)

RUNS = 40


def at_equal_time(design: Design, contestants: int) -> float:
    timing = design.timing(seats(contestants), GATED)
    wall_s = 15 * FORMER.timing(seats(contestants), FIXED).block_s
    return half_width(LOUD, timing, contestants, starts_within(timing, wall_s), RUNS, seed=1)


@pytest.mark.parametrize("contestants", [2, 4])
def test_short_slices_are_more_precise_for_the_same_time(contestants: int) -> None:
    timing = FORMER.timing(seats(contestants), FIXED)
    former = half_width(LOUD, timing, contestants, 15, RUNS, seed=2)
    for design in (Design(4, 2.5), Design(5, 2)):
        assert at_equal_time(design, contestants) < 0.8 * former


def test_wall_time_of_a_block_worked_by_hand() -> None:
    assert FORMER.timing(3, FIXED).block_s == 127  # 3 x (8.8 + 3 x 11.1) = 126.3; measured: 126.6
    assert Design(4, 2.5).timing(6, GATED).block_s == 148  # 6 x (8.8 + 4 x 3.95) = 147.6


def test_a_handicap_is_found_more_often_without_noise() -> None:
    timing = Design(5, 2).timing(3, GATED)
    quiet, loud = (paired(machine, timing, 2_100, 0.05, 200, seed=3) for machine in (QUIET, LOUD))
    assert quiet.worse > 0.99
    assert quiet.worse > loud.worse
    assert loud.slower > 0.9


def test_an_unchanged_contestant_is_rarely_called_slower() -> None:
    found = paired(LOUD, Design(5, 2).timing(3, GATED), 2_100, 0.0, 1_000, seed=4)
    assert found.slower < 0.04
    assert found.worse < 0.005
    assert found.not_slower > 0.7


def test_the_states_on_arrays_are_those_of_a_paired_bench() -> None:
    means = np.linspace(-0.12, 0.06, 37)
    for half in (0.005, 0.02, 0.04, 0.06):
        found = Intervals(np.full(37, 10), means, np.full(37, half))
        _, slower, not_slower = regression(found)
        for place, mean in enumerate(means):
            interval = Interval(low=math.exp(mean - half), high=math.exp(mean + half))
            judged = verdict(interval, Tie(STATISTICS.tie_threshold), "higher")
            expected = state(interval, judged, "higher", MARGIN)
            assert slower[place] == (expected == "slower")
            assert not_slower[place] == (expected == "not slower")
