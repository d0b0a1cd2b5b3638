"""What a virtual user does in turn with the users of other contestants, on a made-up clock."""

import pytest

from levelbench.load import schedule
from levelbench.model.config import load_config
from tests.unit.k6 import START_MS
from tests.unit.k6.conftest import K6, Samples

LIMITS = load_config().turns
ORIGIN_MS = 4_000
"""When the first turn begins: after the load generator was started."""
READY_MS = 3_000
"""When its virtual users are there."""
# A warm-up of 2 s, then slices of 2 s, with 1 s before and 0.25 s after each; others between them.
TURNS = [
    {"start_ms": 0, "measure_ms": 2_000, "end_ms": 2_000, "until_ms": 2_000},
    {"start_ms": 5_000, "measure_ms": 6_000, "end_ms": 8_000, "until_ms": 8_250},
    {"start_ms": 12_000, "measure_ms": 13_000, "end_ms": 15_000, "until_ms": 15_250},
]


def user(k6: K6, answers: list[tuple[float, float, int]], origin_ms: int = ORIGIN_MS) -> Samples:
    taken = {"origin_epoch_ms": START_MS + origin_ms, "turns": TURNS}
    return k6.user("closed", answers, measure_s=4, TURNS=taken)


def test_it_asks_in_its_turns_and_sleeps_between_them(k6: K6) -> None:
    done = user(k6, [(0, 250, 503)] * 40)
    moments = [moment - ORIGIN_MS for moment, _ in done.asked]
    assert moments[:2] == [0, 250]
    for moment in moments:
        assert any(turn["start_ms"] <= moment < turn["until_ms"] for turn in TURNS)
    assert {5_000, 12_000} <= set(moments)


def test_only_answers_within_a_slice_s_window_are_measured(k6: K6) -> None:
    done = user(k6, [(0, 250, 503)] * 40)
    phases = done.by("phase", "requests")
    # Each window holds the answers at 0, 250, ... 1750 ms of it.
    assert len(phases["measure"]) == 16
    halves = [tags["half"] for _, tags in done.of("requests") if tags["phase"] == "measure"]
    assert halves == ["1"] * 8 + ["2"] * 8


def test_what_it_slept_is_no_time_of_its_own(k6: K6) -> None:
    done = user(k6, [(0, 250, 503)] * 40)
    assert set(done.values("vu_ms")) == {250}


def test_an_answer_that_is_late_for_the_next_one_s_window_is_a_disturbance(k6: K6) -> None:
    """Its turn ends at 8.25 s; the next contestant's window begins a second later."""
    in_time = [(0, 1_000, 503)] * 5 + [(0, 1_200, 503)]  # the last from 8 s to 9.2 s
    assert user(k6, in_time).of("disturbances") == []
    late = [*in_time[:-1], (0, 1_300, 503)]
    assert user(k6, late).of("disturbances") == [(1, {})]
    very_late = [*in_time[:-1], (0, 6_000, 503)]  # within its own next window
    assert user(k6, very_late).of("disturbances") == [(1, {})]


def test_it_is_there_just_before_the_first_turn_however_early_it_was_started(
    k6: K6,
) -> None:
    early = user(k6, [(0, 250, 503)])
    assert early.values("generator_start") == [START_MS + READY_MS]
    assert early.values("scenario_start") == [START_MS + ORIGIN_MS]
    late = user(k6, [(0, 250, 503)], origin_ms=-500)
    assert late.values("generator_start") == [START_MS]
    assert [moment for moment, _ in late.asked] == [0]


def test_after_its_last_turn_it_waits_for_the_end(k6: K6) -> None:
    done = user(k6, [(0, 250, 503)] * 60)
    assert max(moment for moment, _ in done.asked) - ORIGIN_MS < 15_250
    assert done.options["scenarios"]["closed"]["duration"] == "17s"
    early = user(k6, [], origin_ms=60_000)
    assert early.options == done.options


def test_the_pause_before_a_window_is_the_lab_s(k6: K6) -> None:
    """k6 takes as long for late answers as there is before a window: the lab says how long."""
    (own,) = schedule.alternate(
        1, warmup_s=2, slice_s=2, rounds=1, seed=1, settle_s=LIMITS.settle_s, tail_s=LIMITS.tail_s
    )
    assert own[1].measure_s - own[1].start_s == LIMITS.settle_s == pytest.approx(1.0)
