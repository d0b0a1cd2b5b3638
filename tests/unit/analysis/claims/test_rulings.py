"""The rules of a verdict, one by one."""

import pytest

from levelbench.analysis.claims import rulings
from levelbench.analysis.claims.article import Direction, Pair, Verdict
from levelbench.analysis.claims.views import MIX, Reading
from levelbench.model.estimate import Estimate, Interval
from levelbench.model.results import Verdict as Outcome

FASTER = Pair(numerator="a", denominator="b", ratio=1.4)
SLOWER = Pair(numerator="a", denominator="b", ratio=0.919)
FOUR_TIMES = Pair(numerator="a", denominator="b", ratio_at_least=4)
ABOVE = Pair(numerator="a", denominator="b")


def reading(
    low: float, high: float, shown: Direction | None = None, outcome: Outcome = "inconclusive"
) -> Reading:
    bounds = Interval(low=low, high=high)
    return Reading(MIX, Estimate(value=low, confidence_interval=bounds), outcome, shown)


@pytest.mark.parametrize(
    ("pair", "seen", "verdict"),
    [
        (FASTER, reading(1.38, 1.42, "above"), "holds"),
        (FASTER, reading(1.28, 1.53, "above"), "holds"),  # 1.273 to 1.54
        (FASTER, reading(1.20, 1.28, "above"), "undecided"),
        (FASTER, reading(1.26, 1.55, "above"), "undecided"),
        (FASTER, reading(0.60, 2.06), "undecided"),
        (FASTER, reading(1.20, 1.27, "above"), "direction_only"),
        (FASTER, reading(1.55, 1.60, "above"), "direction_only"),
        (FASTER, reading(0.99, 1.01), "does_not_hold"),
        (FASTER, reading(0.95, 1.20), "does_not_hold"),
        (FASTER, reading(0.60, 0.70, "below"), "opposite"),
        (SLOWER, reading(0.90, 0.93, "below"), "holds"),
        (SLOWER, reading(0.98, 1.01), "holds"),
        (SLOWER, reading(0.98, 1.02), "undecided"),
        (SLOWER, reading(0.60, 0.70, "below"), "direction_only"),
        (SLOWER, reading(1.05, 1.10, "above"), "opposite"),
        (FOUR_TIMES, reading(3.70, 3.80, "above"), "holds"),
        (FOUR_TIMES, reading(9.00, 9.50, "above"), "holds"),
        (FOUR_TIMES, reading(3.00, 3.70, "above"), "undecided"),
        (FOUR_TIMES, reading(3.00, 3.50, "above"), "direction_only"),
        (ABOVE, reading(1.10, 1.20, "above"), "holds"),
        (ABOVE, reading(0.95, 1.20), "undecided"),
        (ABOVE, reading(0.99, 1.01, outcome="equivalent"), "does_not_hold"),
        (ABOVE, reading(0.80, 0.90, "below"), "opposite"),
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
        ([(0.00095, 0.00105), (0.0019, 0.0021), (0.0038, 0.0042)], "holds"),
        ([(0.0001, 0.0020), (0.0010, 0.0040), (0.0030, 0.0050)], "undecided"),
        ([(0.00095, 0.00105), (0.0019, 0.0021), (0.0038, 0.0050)], "undecided"),
        ([(0.0, 0.00001), (0.0001, 0.0002), (0.09, 0.1)], "direction_only"),
        ([(0.0, 0.00001), (0.0, 0.00001), (0.09, 0.1)], "does_not_hold"),
        ([(0.0, 0.00001), (0.0, 0.00001), (0.0, 0.00001)], "does_not_hold"),
        ([(0.0038, 0.0042), (0.0019, 0.0021), (0.00095, 0.00105)], "opposite"),
    ],
)
def test_error_rates_are_judged_by_size_and_order(
    seen: list[tuple[float, float]], verdict: Verdict
) -> None:
    intervals = {
        name: Interval(low=low, high=high) for name, (low, high) in zip("abc", seen, strict=True)
    }
    assert rulings.of_rates(CLAIMED, intervals) == verdict


def test_the_weakest_of_several_counts() -> None:
    assert rulings.weakest(["holds", "does_not_hold", "direction_only"]) == "does_not_hold"
    assert rulings.weakest(["does_not_hold", "opposite"]) == "opposite"
    assert rulings.weakest([]) == "not_measured"


def test_an_open_part_rescues_no_claim_and_confirms_none() -> None:
    assert rulings.weakest(["holds", "undecided"]) == "undecided"
    assert rulings.weakest(["holds", "not_measured"]) == "not_measured"
    assert rulings.weakest(["does_not_hold", "undecided", "not_measured"]) == "does_not_hold"
