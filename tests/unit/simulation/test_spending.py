"""How a given wall time is best spent, where noise lasts for seconds to minutes."""

import pytest

from tests.unit.simulation import levels
from tests.unit.simulation.machine import DRIFTING
from tests.unit.simulation.spending import (
    cost,
    levels_of,
    slice_ratios,
    slices_by_turns,
    windows_alone,
)

WALL_S = 980
RUNS = 500


@pytest.mark.parametrize("slice_s", [1, 2, 4])
def test_the_best_number_of_slices_is_found_under_noise_that_lasts(slice_s: int) -> None:
    """The formula takes slices of one start for independent about its level. They are not quite,
    and its answer is still as good as any."""
    ratios = slice_ratios(DRIFTING, slice_s, 5, WALL_S, RUNS, seed=1)
    best = levels.slices_per_start(levels_of(ratios), cost(slice_s))
    assert best is not None
    widths = {
        slices: slices_by_turns(DRIFTING, slice_s, slices, WALL_S, RUNS, seed=2).half_width
        for slices in (best, 2, 5, 10, 20, 40)
    }
    assert widths[best] < 1.1 * min(widths.values())


def test_a_start_is_the_unit() -> None:
    """More slices of few starts: an interval over them all is narrow, and mostly wrong."""
    bought = slices_by_turns(DRIFTING, 2, 20, WALL_S, RUNS, seed=3)
    assert bought.coverage == pytest.approx(0.95, abs=0.03)  # 3 standard errors
    assert bought.coverage_over_slices < 0.75


def test_slices_by_turns_buy_more_than_windows_one_after_the_other() -> None:
    windows = windows_alone(DRIFTING, 30, WALL_S, RUNS, seed=4)
    turns = slices_by_turns(DRIFTING, 2.5, 4, WALL_S, RUNS, seed=4)
    assert turns.half_width < 0.6 * windows.half_width
    assert windows.coverage == pytest.approx(0.95, abs=0.03)
    assert turns.coverage == pytest.approx(0.95, abs=0.03)


def test_expected_half_width_agrees_with_what_is_bought() -> None:
    slices = 10
    found = levels_of(slice_ratios(DRIFTING, 2, slices, WALL_S, RUNS, seed=5))
    bought = slices_by_turns(DRIFTING, 2, slices, WALL_S, RUNS, seed=6)
    expected = levels.expected_half_width(found, cost(2), WALL_S, slices)
    assert expected == pytest.approx(bought.half_width, rel=0.1)
    assert bought.starts * slices * 2 == bought.measured_s
