import random
from statistics import fmean, stdev, variance

import pytest
from hypothesis import given
from hypothesis import strategies as st

from levelbench.analysis import stats
from tests.unit.simulation import levels
from tests.unit.simulation.levels import Cost, Levels

BY_HAND = [[1.0, 3.0], [5.0, 7.0], [9.0, 11.0]]
"""Means 2, 6, 10: S2 = 16. Within each start the variance is 2: S1 = T1 = 2, T2 = 16 - 2 / 2."""


def drawn(
    draw: random.Random, starts: int, slices: int, between: float, within: float
) -> list[list[float]]:
    """Starts of slices about 0; `between` and `within` are standard deviations."""
    return [
        [level + draw.gauss(0, within) for _ in range(slices)]
        for level in (draw.gauss(0, between) for _ in range(starts))
    ]


def test_variances_worked_by_hand() -> None:
    assert levels.estimate(BY_HAND) == Levels(between=15, within=2)


def test_unequal_numbers_of_slices_worked_by_hand() -> None:
    # Means 2 and 7, of all 4; among = 3 x 4 + 2 x 9 = 30, inside = 2 + 8 = 10, within = 10 / 3;
    # slices a start = 5 - (9 + 4) / 5 = 2.4; between = (30 - 10 / 3) / 2.4.
    found = levels.estimate([[1.0, 2.0, 3.0], [5.0, 9.0]])
    assert found is not None
    assert found.within == pytest.approx(10 / 3)
    assert found.between == pytest.approx((30 - 10 / 3) / 2.4)


@pytest.mark.parametrize("groups", [[], [[1.0, 2.0]], [[1.0], [2.0], [3.0]], [[1.0, 2.0], []]])
def test_two_levels_need_two_starts_and_a_start_with_two_slices(groups: list[list[float]]) -> None:
    assert levels.estimate(groups) is None


def test_estimates_are_unbiased() -> None:
    """2,000 experiments of 4 starts with 3 slices each, deviations 2% and 5%."""
    draw = random.Random(1)
    found = [levels.estimate(drawn(draw, 4, 3, 0.02, 0.05)) for _ in range(2_000)]
    known = [each for each in found if each is not None]
    for estimates, true in (
        ([each.between for each in known], 0.02**2),
        ([each.within for each in known], 0.05**2),
    ):
        error = stdev(estimates) / len(known) ** 0.5
        assert fmean(estimates) == pytest.approx(true, abs=3 * error)
    assert min(each.between for each in known) < 0  # cut off at 0 they would be too large


def test_the_interval_is_over_starts() -> None:
    assert levels.mean_interval(BY_HAND) == stats.mean_interval([2, 6, 10])
    assert levels.mean_interval(BY_HAND[:2]) is None


def test_intervals_over_slices_are_overconfident() -> None:
    """1,000 experiments of 5 starts with 8 slices each, deviations 2% and 4%; 2.1% is 3 standard
    errors."""
    draw = random.Random(2)
    by_start, by_slice = 0, 0
    for _ in range(1_000):
        groups = drawn(draw, 5, 8, 0.02, 0.04)
        over_starts = levels.mean_interval(groups)
        over_slices = stats.mean_interval([value for group in groups for value in group])
        assert over_starts is not None
        assert over_slices is not None
        by_start += over_starts.low <= 0 <= over_starts.high
        by_slice += over_slices.low <= 0 <= over_slices.high
    assert by_start / 1_000 == pytest.approx(0.95, abs=0.021)
    assert by_slice / 1_000 < 0.8


def test_optimal_number_of_slices_worked_by_hand() -> None:
    # Within is 9 times between, a start costs 16 slices: sqrt(16 x 9) = 12.
    assert levels.slices_per_start(Levels(between=1, within=9), Cost(start_s=64, slice_s=4)) == 12
    # sqrt(15 / 4 x 2 / 15) = 0.71: one slice, and then a fresh start.
    assert levels.slices_per_start(Levels(between=15, within=2), Cost(start_s=15, slice_s=4)) == 1


@pytest.mark.parametrize("between", [0.0, -0.0001])
def test_starts_that_do_not_differ_need_no_repetition(between: float) -> None:
    assert levels.slices_per_start(Levels(between, within=1), Cost(start_s=60, slice_s=2)) is None


Positive = st.floats(0.01, 100)


@given(between=Positive, within=Positive, start_s=Positive, slice_s=Positive)
def test_the_number_of_slices_is_optimal(
    between: float, within: float, start_s: float, slice_s: float
) -> None:
    """The variance of the mean for a given wall time is in proportion to `price`; the best whole
    number lies next to the best of all."""

    def price(slices: int) -> float:
        return (between + within / slices) * (start_s + slices * slice_s)

    best = levels.slices_per_start(Levels(between, within), Cost(start_s, slice_s))
    assert best is not None
    least = min(price(best), price(max(1, best - 1)))
    around = range(1, best + 5) if best < 50 else range(max(1, best - 50), best + 50)
    assert all(price(slices) >= least * (1 - 1e-9) for slices in around)


def test_expected_half_width_agrees_with_experiments() -> None:
    """400 s buy 4 starts of 20 s with 8 slices of 10 s."""
    draw = random.Random(3)
    found = [levels.mean_interval(drawn(draw, 4, 8, 0.02, 0.04)) for _ in range(3_000)]
    widths = [each.high - each.value for each in found if each is not None]
    expected = levels.expected_half_width(
        Levels(between=0.02**2, within=0.04**2), Cost(start_s=20, slice_s=10), 400, slices=8
    )
    assert expected is not None
    error = (variance(widths) / len(widths)) ** 0.5
    assert fmean(widths) == pytest.approx(expected, abs=3 * error)


def test_too_little_time_for_three_starts_gives_no_width() -> None:
    cost = Cost(start_s=20, slice_s=10)
    assert levels.expected_half_width(Levels(1, 1), cost, 299, slices=8) is None
    assert levels.expected_half_width(Levels(1, 1), cost, 300, slices=8) is not None
