import math

import pytest

from levelbench.model.bracket import (
    Bound,
    Bracket,
    bound_of_mean,
    common_error,
    exact,
    least_variance,
    opposite,
)


def test_a_bracket_is_the_middle_of_its_ends() -> None:
    assert Bracket(100, 121) == pytest.approx(110)
    assert Bracket(100, 121).bound is None


@pytest.mark.parametrize(
    ("low", "high", "value", "bound"),
    [(550, math.inf, 550, "at_least"), (0, 50, 50, "at_most")],
)
def test_with_one_end_it_is_that_end(low: float, high: float, value: float, bound: Bound) -> None:
    found = Bracket(low, high)
    assert (found, found.bound, found.width) == (value, bound, 0)


def test_without_ends_it_is_nothing() -> None:
    found = Bracket(0, math.inf)
    assert math.isnan(found)
    assert found.bound is None


def test_a_ratio_is_between_the_smallest_and_the_largest() -> None:
    found = Bracket(200, 220) / Bracket(100, 110)
    assert (found.low, found.high) == (200 / 110, 2.2)
    assert found == pytest.approx(2)
    assert found.variance == pytest.approx(math.log(1.1) ** 2 / 6)


@pytest.mark.parametrize(
    ("a", "b", "bound"),
    [
        (Bracket(550, math.inf), Bracket(100, 110), "at_least"),
        (Bracket(100, 110), Bracket(550, math.inf), "at_most"),
        (Bracket(100, 110), Bracket(0, 50), "at_least"),
        (Bracket(550, math.inf), Bracket(0, 50), "at_least"),
        (550.0, Bracket(0, 50), "at_least"),
    ],
)
def test_a_ratio_with_a_bound_is_one(a: float, b: Bracket, bound: Bound) -> None:
    assert exact(a / b).bound == bound


def test_a_ratio_of_two_lower_bounds_is_unknown() -> None:
    assert math.isnan(Bracket(550, math.inf) / Bracket(500, math.inf))


def test_a_mean_of_values_and_bounds_is_a_bound() -> None:
    assert bound_of_mean([100.0, Bracket(100, 110)]) is None
    assert bound_of_mean([Bracket(100, 110), Bracket(550, math.inf)]) == "at_least"


@pytest.mark.parametrize("other", [Bracket(0, 50), Bracket(0, math.inf)])
def test_a_mean_of_both_kinds_of_bounds_is_unknown(other: Bracket) -> None:
    with pytest.raises(ValueError, match="neither"):
        bound_of_mean([Bracket(550, math.inf), other])


def test_what_was_drawn_adds_variance_and_what_was_not_may_be_wrong_alike() -> None:
    drawn, fixed = Bracket(100, 110), Bracket(100, 110, is_dithered=False)
    assert least_variance([drawn, drawn]) == pytest.approx(math.log(1.1) ** 2 / 12)
    assert common_error([drawn, drawn]) == 0
    assert least_variance([fixed, fixed]) == 0
    assert common_error([fixed, fixed]) == pytest.approx(math.log(1.1) / 2)
    assert common_error([fixed / fixed]) == pytest.approx(math.log(1.1))


def test_opposites() -> None:
    assert [opposite(bound) for bound in ("at_least", "at_most", None)] == [
        "at_most", "at_least", None,
    ]  # fmt: skip
