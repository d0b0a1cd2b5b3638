import itertools
from collections import Counter

import pytest

from levelbench.load import schedule
from levelbench.model.config import load_config

LIMITS = load_config().turns
PLAN = schedule.alternate(4, warmup_s=5, slice_s=3, rounds=200, seed=7, settle_s=1, tail_s=0.25)
ALL = sorted(
    ((turn, number) for number, own in enumerate(PLAN) for turn in own),
    key=lambda pair: pair[0].start_s,
)


def test_one_at_a_time_is_asked_and_no_time_is_lost() -> None:
    for (turn, _), (following, _) in itertools.pairwise(ALL):
        assert turn.until_s == pytest.approx(following.start_s)


def test_each_has_its_warm_up_first_and_then_a_slice_in_every_round() -> None:
    for own in PLAN:
        warmup, *slices = own
        assert (warmup.end_s - warmup.start_s, warmup.measure_s) == (5, warmup.end_s)
        assert len(slices) == 200
        assert {round(turn.end_s - turn.measure_s, 9) for turn in slices} == {3}
    after_warmups = [number for _, number in ALL[4:]]
    for start in range(0, len(after_warmups), 4):
        assert sorted(after_warmups[start : start + 4]) == [0, 1, 2, 3]


def test_a_window_begins_when_the_one_before_has_settled() -> None:
    for own in PLAN:
        for turn in own[1:]:
            assert turn.measure_s - turn.start_s == pytest.approx(1)
            assert turn.until_s - turn.end_s == pytest.approx(0.25)


def test_slow_answers_get_more_time_before_the_next_window() -> None:
    assert schedule.settle_s(LIMITS, 100, None) == 2  # nothing is known yet
    assert schedule.settle_s(LIMITS, 100, 500) == 1
    assert schedule.settle_s(LIMITS, 100, 120) == pytest.approx(2)
    assert schedule.settle_s(LIMITS, 20, 120) == 1
    (own,) = schedule.alternate(1, warmup_s=5, slice_s=3, rounds=2, seed=7, settle_s=2, tail_s=0.25)
    for turn, start_s in zip(own[1:], (5, 10.25), strict=True):
        assert (turn.start_s, turn.measure_s, turn.end_s) == (start_s, start_s + 2, start_s + 5)


def test_nobody_always_follows_the_same_one() -> None:
    followers = Counter((before, after) for (_, before), (_, after) in itertools.pairwise(ALL[4:]))
    others = [count for (before, after), count in followers.items() if before != after]
    assert len(others) == 12
    assert max(others) < 2 * min(others)


def test_the_seed_gives_the_order() -> None:
    def plan(seed: int) -> object:
        return schedule.alternate(
            3, warmup_s=5, slice_s=3, rounds=4, seed=seed, settle_s=1, tail_s=0.25
        )

    assert plan(1) == plan(1)
    assert plan(1) != plan(2)
