"""Three states of a regression check, from one interval."""

import pytest

from levelbench.analysis.two_runs import state as states
from levelbench.analysis.two_runs.state import State, overall, slowdown, state
from levelbench.analysis.verdict import Tie, verdict
from levelbench.model.estimate import Interval
from levelbench.model.metric import Better

MARGIN, TIE = 0.05, Tie(0.02)


def judged(low: float, high: float, margin: float = MARGIN, better: Better = "higher") -> State:
    interval = Interval(low=low, high=high)
    return state(interval, verdict(interval, TIE, better), better, margin)


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (0.90, 0.95, "slower"),
        (0.92, 0.99, "slower"),  # excludes 1, and may be slower by more than the margin
        (0.96, 0.975, "slower"),  # beyond the tie, though within the margin
        (0.96, 0.99, "not slower"),
        (0.953, 1.10, "not slower"),
        (1.05, 1.20, "not slower"),
        (0.952, 1.01, "undecided"),  # 1 / 1.05 is 0.9524
        (0.93, 1.08, "undecided"),
        (0.50, 2.00, "undecided"),
    ],
)
def test_an_interval_has_one_of_three_states(low: float, high: float, expected: State) -> None:
    assert judged(low, high) == expected
    assert judged(1 / high, 1 / low, better="lower") == expected


def test_without_an_interval_nothing_is_decided() -> None:
    assert state(None, "inconclusive", "higher", MARGIN) == "undecided"
    assert slowdown(None, "higher") is None


def test_a_wider_margin_never_decides_less() -> None:
    assert judged(0.93, 1.02, margin=0.05) == "undecided"
    assert judged(0.93, 1.02, margin=0.10) == "not slower"


def test_equivalent_within_the_tie_is_not_slower_by_a_smaller_margin() -> None:
    assert judged(0.985, 0.995, margin=0.01) == "undecided"


def test_the_bound_is_the_margin_that_would_decide() -> None:
    bound = slowdown(Interval(low=1 / 1.073, high=1.0), "higher")
    assert bound == pytest.approx(0.073)
    assert slowdown(Interval(low=0.99, high=1.073), "lower") == pytest.approx(0.073)
    assert slowdown(Interval(low=1.01, high=1.02), "higher") == 0


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (["not slower", "not slower"], "not slower"),
        (["not slower", "undecided"], "undecided"),
        (["not slower", "undecided", "slower"], "slower"),
        ([], "undecided"),
    ],
)
def test_the_worst_state_is_the_runs(found: list[State], expected: State) -> None:
    assert overall(found) == expected


def test_a_reserve_never_yields_status_0() -> None:
    assert overall(["not slower"], reserved=True) == "undecided"
    assert overall(["slower"], reserved=True) == "slower"
    assert states.EXIT_STATUS == {"slower": 1, "not slower": 0, "undecided": 3}
