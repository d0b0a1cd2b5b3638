"""Who moved, told from the changes of ratios between contestants."""

from dataclasses import replace
from itertools import combinations

from levelbench.analysis.two_runs.changes import Change, Measure
from levelbench.analysis.two_runs.culprits import Shift, shifts
from levelbench.model.estimate import UNDEFINED, Estimate, Interval
from levelbench.model.results import Verdict

CLOSED = Measure("closed", "throughput_rps")


BOUNDS = {-1: (0.80, 0.85), 0: (0.97, 1.03), 1: (1.18, 1.25)}
MARGIN = 0.05


def change(
    one: str,
    other: str,
    sign: int,
    measure: Measure = CLOSED,
    bounds: tuple[float, float] | None = None,
) -> Change:
    """A pair, whose first became better (1), worse (-1) or neither (0) relative to the second."""
    verdicts: dict[int, Verdict] = {-1: "worse", 0: "inconclusive", 1: "better"}
    low, high = bounds or BOUNDS[sign]
    ratio = Estimate(value=(low * high) ** 0.5, confidence_interval=Interval(low=low, high=high))
    return Change(measure, one, other, UNDEFINED, UNDEFINED, ratio, verdicts[sign], True)


def changes(moves: dict[str, int], measure: Measure = CLOSED) -> list[Change]:
    """Every pair of contestants, each of which became better (1), worse (-1) or neither (0)."""
    found = []
    for one, other in combinations(sorted(moves), 2):
        difference = moves[one] - moves[other]
        sign = (difference > 0) - (difference < 0)
        found.append(change(one, other, sign, measure))
    return found


def shown(found: list[Change]) -> list[Shift]:
    return [shift for shift in shifts(found, MARGIN) if shift.verdict]


def moved(moves: dict[str, int]) -> list[tuple[str, str | None, tuple[str, ...]]]:
    return [(s.service, s.verdict, s.against) for s in shown(changes(moves))]


def states(found: list[Change]) -> dict[str, str]:
    return {shift.service: shift.state for shift in shifts(found, MARGIN)}


def test_those_that_did_not_move_are_shown_not_to_be_slower() -> None:
    assert states(changes({"a": 0, "b": -1, "c": 0, "d": 0})) == {
        "a": "not slower",
        "b": "slower",
        "c": "not slower",
        "d": "not slower",
    }


def test_one_that_became_better_is_not_slower_and_makes_no_other_slower() -> None:
    found = states(changes({"a": 0, "b": 0, "c": 1, "d": 0}))
    assert set(found.values()) == {"not slower"}


def test_wide_intervals_decide_nothing() -> None:
    found = [change(*pair, 0, bounds=(0.93, 1.08)) for pair in combinations("abcd", 2)]
    assert set(states(found).values()) == {"undecided"}
    assert {round(s.slowdown or 0, 3) for s in shifts(found, MARGIN)} == {0.075, 0.08}


def test_too_few_blocks_decide_nothing() -> None:
    found = [replace(each, decidable=False) for each in changes({"a": 0, "b": -1, "c": 0})]
    assert set(states(found).values()) == {"undecided"}
    assert {s.slowdown for s in shifts(found, MARGIN)} == {None}


def test_where_no_ratio_changed_nobody_moved() -> None:
    assert moved({"a": 0, "b": 0, "c": 0, "d": 0}) == []


def test_one_that_became_worse_moved_against_all_others() -> None:
    assert moved({"a": 0, "b": -1, "c": 0, "d": 0}) == [("b", "worse", ("a", "c", "d"))]


def test_one_that_became_better_moved_and_the_others_did_not() -> None:
    assert moved({"a": 0, "b": 0, "c": 1, "d": 0}) == [("c", "better", ("a", "b", "d"))]


def test_of_three_one_that_moved_is_told_from_the_two_that_did_not() -> None:
    assert moved({"a": 0, "b": 0, "c": -1}) == [("c", "worse", ("a", "b"))]


def test_of_two_each_moved_against_the_other() -> None:
    assert moved({"a": 0, "b": -1}) == [("a", "better", ("b",)), ("b", "worse", ("a",))]


def test_half_against_half_leaves_both_in_question() -> None:
    assert [(name, verdict) for name, verdict, _ in moved({"a": -1, "b": -1, "c": 0, "d": 0})] == [
        ("a", "worse"),
        ("b", "worse"),
        ("c", "better"),
        ("d", "better"),
    ]


def test_one_that_is_inconclusive_against_most_did_not_move() -> None:
    found = changes({"a": 0, "b": 0, "c": 0, "d": 0})
    found[0] = change("a", "b", -1)
    assert shown(found) == []


def test_each_measure_stands_for_itself() -> None:
    other = Measure("endpoints", "throughput_rps", "list")
    both = changes({"a": 0, "b": 0, "c": -1}) + changes({"a": 0, "b": 1, "c": 0}, other)
    assert [(s.service, s.measure) for s in shown(both)] == [("c", CLOSED), ("b", other)]
