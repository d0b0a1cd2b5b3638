import itertools
from collections import Counter

import pytest

from levelbench.load import schedule

PLAN = schedule.alternate(4, measure_s=600, slices=200, seed=7)


def test_each_has_its_warm_up_first_and_then_a_slice_in_every_round() -> None:
    assert [one.window_ms for one in PLAN] == [0] + [3_000] * 200
    assert all(sorted(one.order) == [0, 1, 2, 3] for one in PLAN)


@pytest.mark.parametrize(("measure_s", "slices"), [(10, 4), (27, 3), (10, 3), (1, 7)])
def test_slices_together_are_the_window(measure_s: int, slices: int) -> None:
    _, *rounds = schedule.alternate(2, measure_s, slices, seed=1)
    assert len(rounds) == slices
    assert sum(one.window_ms for one in rounds) == 1_000 * measure_s
    assert max(one.window_ms for one in rounds) - min(one.window_ms for one in rounds) <= 1


def test_nobody_always_follows_the_same_one() -> None:
    sequence = [number for one in PLAN[1:] for number in one.order]
    followers = Counter(itertools.pairwise(sequence))
    others = [count for (before, after), count in followers.items() if before != after]
    assert len(others) == 12
    assert max(others) < 2 * min(others)


def test_the_seed_gives_the_order() -> None:
    assert schedule.alternate(3, 12, 4, seed=1) == schedule.alternate(3, 12, 4, seed=1)
    assert schedule.alternate(3, 12, 4, seed=1) != schedule.alternate(3, 12, 4, seed=2)


def test_a_turn_has_time_for_an_answer_of_each_user_before_and_after_it() -> None:
    assert schedule.turn_s(2.5, settle_s=0.5, tail_s=0.25) == 3.75
