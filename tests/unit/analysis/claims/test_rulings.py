"""The rules of a verdict, one by one."""

import pytest

from levelbench.analysis.claims import rulings
from levelbench.analysis.claims.article import Direction, Pair, Verdict
from levelbench.analysis.claims.views import MIX, Reading
from levelbench.model.estimate import Estimate, Interval

FASTER = Pair(numerator="a", denominator="b", ratio=1.4)
SLOWER = Pair(numerator="a", denominator="b", ratio=0.919)
FOUR_TIMES = Pair(numerator="a", denominator="b", ratio_at_least=4)
ABOVE = Pair(numerator="a", denominator="b")


def reading(low: float, high: float, shown: Direction | None = None) -> Reading:
    bounds = Interval(low=low, high=high)
    return Reading(MIX, Estimate(value=low, confidence_interval=bounds), shown=shown)


@pytest.mark.parametrize(
    ("pair", "seen", "verdict"),
    [
        (FASTER, reading(1.38, 1.42, "above"), "holds"),
        (FASTER, reading(1.20, 1.28, "above"), "holds"),  # reaches into 10%
        (FASTER, reading(1.20, 1.27, "above"), "direction_only"),
        (FASTER, reading(1.55, 1.60, "above"), "direction_only"),
        (FASTER, reading(0.99, 1.01), "does_not_hold"),
        (FASTER, reading(0.60, 0.70, "below"), "does_not_hold"),
        (SLOWER, reading(0.90, 0.93, "below"), "holds"),
        (SLOWER, reading(0.60, 0.70, "below"), "direction_only"),
        (SLOWER, reading(1.05, 1.10, "above"), "does_not_hold"),
        (FOUR_TIMES, reading(3.70, 3.80, "above"), "holds"),
        (FOUR_TIMES, reading(9.00, 9.50, "above"), "holds"),
        (FOUR_TIMES, reading(3.00, 3.50, "above"), "direction_only"),
        (ABOVE, reading(1.10, 1.20, "above"), "holds"),
        (ABOVE, reading(0.95, 1.20), "does_not_hold"),
        (ABOVE, reading(0.80, 0.90, "below"), "does_not_hold"),
    ],
)
def test_a_ratio_is_judged_by_its_interval(pair: Pair, seen: Reading, verdict: Verdict) -> None:
    assert rulings.of_ratio(pair, seen) == verdict


def test_without_interval_nothing_is_judged() -> None:
    assert rulings.of_ratio(FASTER, Reading(MIX, Estimate(value=1.4))) == "not_measured"


def test_what_is_silenced_is_not_judged() -> None:
    bounds = Interval(low=1.38, high=1.42)
    silent = Reading(MIX, Estimate(value=1.4, confidence_interval=bounds), silence="not valid")
    assert rulings.of_ratio(FASTER, silent) == "not_measured"


CLAIMED = {"a": 0.001, "b": 0.002, "c": 0.004}


@pytest.mark.parametrize(
    ("seen", "verdict"),
    [
        ({"a": 0.00105, "b": 0.0019, "c": 0.004}, "holds"),
        ({"a": 0.0, "b": 0.0001, "c": 0.1}, "direction_only"),
        ({"a": 0.0, "b": 0.0, "c": 0.1}, "does_not_hold"),
        ({"a": 0.0, "b": 0.0, "c": 0.0}, "does_not_hold"),
        ({"a": 0.004, "b": 0.002, "c": 0.001}, "does_not_hold"),
    ],
)
def test_error_rates_are_judged_by_size_and_order(seen: dict[str, float], verdict: Verdict) -> None:
    assert rulings.of_rates(CLAIMED, seen) == verdict


def test_the_weakest_of_several_counts_and_silence_has_no_say() -> None:
    assert rulings.weakest(["holds", "direction_only", "not_measured"]) == "direction_only"
    assert rulings.weakest(["holds", "does_not_hold", "direction_only"]) == "does_not_hold"
    assert rulings.weakest(["not_measured", "holds"]) == "holds"
    assert rulings.weakest(["not_measured"]) == "not_measured"
    assert rulings.weakest([]) == "not_measured"
