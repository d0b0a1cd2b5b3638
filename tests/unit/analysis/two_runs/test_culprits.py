"""Who moved, told from the changes of ratios between contestants."""

from itertools import combinations

from levelbench.analysis.two_runs.changes import Change, Measure
from levelbench.analysis.two_runs.culprits import shifts
from levelbench.model.estimate import UNDEFINED
from levelbench.model.results import Verdict

CLOSED = Measure("closed", "throughput_rps")


def changes(moves: dict[str, int], measure: Measure = CLOSED) -> list[Change]:
    """Every pair of contestants, each of which became better (1), worse (-1) or neither (0)."""
    verdicts: dict[int, Verdict] = {-1: "worse", 0: "inconclusive", 1: "better"}
    found = []
    for one, other in combinations(sorted(moves), 2):
        difference = moves[one] - moves[other]
        sign = (difference > 0) - (difference < 0)
        found.append(
            Change(measure, one, other, True, UNDEFINED, UNDEFINED, UNDEFINED, verdicts[sign])
        )
    return found


def moved(moves: dict[str, int]) -> list[tuple[str, str, tuple[str, ...]]]:
    return [(s.service, s.verdict, s.against) for s in shifts(changes(moves))]


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
    found[0] = Change(CLOSED, "a", "b", True, UNDEFINED, UNDEFINED, UNDEFINED, "worse")
    assert list(shifts(found)) == []


def test_each_measure_stands_for_itself() -> None:
    other = Measure("endpoints", "throughput_rps", "list")
    both = changes({"a": 0, "b": 0, "c": -1}) + changes({"a": 0, "b": 1, "c": 0}, other)
    assert [(s.service, s.measure) for s in shifts(both)] == [("c", CLOSED), ("b", other)]
