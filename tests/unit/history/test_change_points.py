"""Change points: real steps are found, once and soon; noise is not."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from levelbench.history.change_points import (
    AFTER_MIN,
    BEFORE_MIN,
    INSTRUCTIONS,
    RATIO,
    SAME_WITHIN,
    Limits,
    alerts,
    change_points,
)

NIGHTS, AT = 40, 20


def series(seed: int, noise: float, step: float, nights: int = NIGHTS, at: int = AT) -> list[float]:
    """A level of 100 with relative noise, and a step at one night."""
    draws = np.random.default_rng(seed).normal(0, noise, nights)
    draws[at:] += math.log1p(step)
    return [float(value) for value in 100 * np.exp(draws)]


@pytest.mark.parametrize("seed", range(20))
def test_two_percent_more_instructions_are_found_within_three_nights(seed: int) -> None:
    (alert,) = alerts(series(seed, 0.003, 0.02), INSTRUCTIONS)
    assert abs(alert.change.first - AT) <= 1
    assert alert.night <= AT + AFTER_MIN - 1


@pytest.mark.parametrize("seed", range(20))
def test_a_ratio_that_drops_by_a_tenth_is_found_once(seed: int) -> None:
    found = alerts(series(seed, 0.01, -0.1), RATIO)
    assert len(found) == 1
    assert abs(found[0].change.first - AT) <= SAME_WITHIN


@pytest.mark.parametrize(("noise", "limits"), [(0.003, INSTRUCTIONS), (0.017, RATIO)])
def test_a_level_that_stays_gives_no_alert(noise: float, limits: Limits) -> None:
    """40 series of 40 nights are four years of a metric."""
    assert sum(len(alerts(series(seed, noise, 0), limits)) for seed in range(40)) <= 1


def test_the_size_of_a_change_has_an_interval() -> None:
    (change,) = change_points(series(1, 0.01, 0.1), RATIO)
    assert change.low < 1.1 < change.high
    assert change.low < change.ratio < change.high


def test_two_steps_are_two_changes() -> None:
    draws = np.random.default_rng(3).normal(0, 0.001, 60)
    draws[20:] += math.log1p(0.03)
    draws[40:] -= math.log1p(0.05)
    found = change_points([float(value) for value in np.exp(draws)], INSTRUCTIONS)
    assert [change.first for change in found] == [20, 40]
    assert [round(change.ratio, 2) for change in found] == [1.03, 0.95]
    seen = [alert.change.first for alert in alerts(list(np.exp(draws)), INSTRUCTIONS)]
    assert len(seen) == 2
    assert all(abs(first - at) <= 1 for first, at in zip(seen, (20, 40), strict=True))


def test_a_change_below_the_limit_is_none() -> None:
    assert change_points(series(1, 0.0001, 0.009), INSTRUCTIONS) == ()
    assert len(change_points(series(1, 0.0001, 0.011), INSTRUCTIONS)) == 1


def test_one_night_that_is_off_is_no_change() -> None:
    values = series(1, 0.001, 0)
    values[30] *= 1.5
    assert alerts(values, INSTRUCTIONS) == ()


def test_a_series_without_noise_is_judged() -> None:
    assert [change.first for change in change_points([1.0] * 10 + [2.0] * 5, RATIO)] == [10]
    assert change_points([1.0] * 20, RATIO) == ()


@given(st.lists(st.floats(0.1, 10), max_size=BEFORE_MIN + AFTER_MIN - 1))
def test_a_short_series_has_no_change(values: list[float]) -> None:
    assert change_points(values, RATIO) == ()
    assert alerts(values, RATIO) == ()


@given(st.lists(st.floats(0.1, 10), min_size=8, max_size=25), st.floats(0.01, 100))
def test_the_unit_of_the_values_does_not_matter(values: list[float], factor: float) -> None:
    scaled = change_points([value * factor for value in values], RATIO)
    for one, other in zip(change_points(values, RATIO), scaled, strict=True):
        assert one.first == other.first
        assert one.ratio == pytest.approx(other.ratio)


@pytest.mark.parametrize("value", [0.0, -1.0, math.nan, math.inf])
def test_a_value_that_is_not_positive_is_refused(value: float) -> None:
    with pytest.raises(ValueError, match="positive"):
        change_points([1.0, value], RATIO)
