"""Precision for a given wall time, under noise that lasts for seconds to minutes."""

import pytest

from tests.unit.simulation import levels
from tests.unit.simulation.machine import DRIFTING
from tests.unit.simulation.spending import (
    alternating_slices,
    cost,
    levels_of,
    slice_ratios,
    windows_in_sequence,
)

WALL_S = 980
RUNS = 500


@pytest.mark.parametrize("slice_s", [1, 2, 4])
def test_the_optimal_number_of_slices_is_near_the_best_under_lasting_noise(slice_s: int) -> None:
    """The formula assumes that slices of one start are independent. They are not quite, and its
    number is still within a tenth of the best."""
    ratios = slice_ratios(DRIFTING, slice_s, 5, WALL_S, RUNS, seed=1)
    best = levels.slices_per_start(levels_of(ratios), cost(slice_s))
    assert best is not None
    widths = {
        slices: alternating_slices(DRIFTING, slice_s, slices, WALL_S, RUNS, seed=2).half_width
        for slices in (best, 2, 5, 10, 20, 40)
    }
    assert widths[best] < 1.1 * min(widths.values())


def test_the_start_is_the_statistical_unit() -> None:
    """Many slices of few starts: an interval over all slices is too narrow."""
    found = alternating_slices(DRIFTING, 2, 20, WALL_S, RUNS, seed=3)
    assert found.coverage == pytest.approx(0.95, abs=0.03)  # 3 standard errors
    assert found.coverage_over_slices < 0.75


def test_alternating_slices_are_more_precise_than_windows_in_sequence() -> None:
    windows = windows_in_sequence(DRIFTING, 30, WALL_S, RUNS, seed=4)
    turns = alternating_slices(DRIFTING, 2.5, 4, WALL_S, RUNS, seed=4)
    assert turns.half_width < 0.6 * windows.half_width
    assert windows.coverage == pytest.approx(0.95, abs=0.03)
    assert turns.coverage == pytest.approx(0.95, abs=0.03)


def test_expected_half_width_agrees_with_the_simulated_one() -> None:
    slices = 10
    levels_found = levels_of(slice_ratios(DRIFTING, 2, slices, WALL_S, RUNS, seed=5))
    found = alternating_slices(DRIFTING, 2, slices, WALL_S, RUNS, seed=6)
    expected = levels.expected_half_width(levels_found, cost(2), WALL_S, slices)
    assert expected == pytest.approx(found.half_width, rel=0.1)
    assert found.starts * slices * 2 == found.measured_s
