"""What a virtual user does in turn with the users of other contestants, on a made-up clock."""

import json
from collections import Counter
from typing import Any

import pytest

from tests.unit.k6 import START_MS
from tests.unit.k6.conftest import K6, Samples

# A warm-up of 2 s, then slices of 2 s, with 1 s before and 0.25 s after each; others between them.
TURNS = [
    {"start_ms": 4_000, "measure_ms": 6_000, "end_ms": 6_000, "until_ms": 6_000},
    {"start_ms": 9_000, "measure_ms": 10_000, "end_ms": 12_000, "until_ms": 12_250},
    {"start_ms": 16_000, "measure_ms": 17_000, "end_ms": 19_000, "until_ms": 19_250},
]
QUICK = 250
"""Duration of a response, ms."""


def user(
    k6: K6,
    durations: list[int] | None = None,
    turns: list[dict[str, int]] | None = None,
    vu: int = 1,
    gate: str = "true",
    **settings: Any,
) -> Samples:
    """One user, with responses of these durations, then with quick ones; `gate`: a condition in
    JavaScript under which the gate answers."""
    own = TURNS if turns is None else turns
    absolute = [{name: START_MS + ms for name, ms in turn.items()} for turn in own]
    body = f"""
        lab.vu = {vu};
        const turns = {json.dumps(absolute)};
        const durations = {json.dumps(durations or [])};
        lab.onAbort = (message) => {{ throw new Error(message); }};
        lab.onRequest = () => {{
          lab.answer = {{ duration: durations.shift() ?? {QUICK}, status: 503 }};
        }};
        lab.api = (url) => {{
          lab.asked.push([lab.elapsed(), `gate ${{url}}`]);
          if (!({gate})) return {{ status: 0, error: 'connection reset' }};
          const turn = turns.shift() ?? null;
          if (turn !== null) lab.pass(Math.max(0, turn.start_ms - Date.now()));
          return {{ status: 200, json: () => turn }};
        }};
        let failure = null;
        try {{ script.default(); }} catch (error) {{ failure = error.message; }}
        if (failure !== null) lab.samples.push(['failure', failure, {{}}]);
    """
    slices = len(own) - 1
    env = {
        "WARMUP_S": 2, "MEASURE_S": 2 * slices, "SLICES": slices,
        "GATE": "http://turns:8000/3", "VUS": "10", **settings,
    }  # fmt: skip
    return k6.run("closed", env, body)


def sent(done: Samples) -> list[int]:
    """When each request was sent, ms since the load generator was started."""
    return [moment for moment, request in done.asked if not request.startswith("gate")]


def test_it_asks_the_gate_before_each_turn_and_once_more(k6: K6) -> None:
    done = user(k6, vu=7)
    asked = [(moment, url) for moment, url in done.asked if url.startswith("gate")]
    assert {url for _, url in asked} == {"gate http://turns:8000/3/7"}
    assert [moment for moment, _ in asked] == [0, 6_000, 12_250, 19_250]


def test_it_asks_its_contestant_only_in_its_turns(k6: K6) -> None:
    moments = sent(user(k6))
    assert moments[:2] == [4_000, 4_250]
    for moment in moments:
        assert any(turn["start_ms"] <= moment < turn["until_ms"] for turn in TURNS)
    assert {9_000, 16_000} <= set(moments)


def test_it_says_that_nothing_is_in_flight_when_its_last_answer_is_there(k6: K6) -> None:
    done = user(k6, [QUICK] * 7 + [9_000])  # the last of its warm-up, from 5.75 s on
    assert [moment for moment, url in done.asked if url.startswith("gate")][1] == 14_750


def test_only_answers_within_a_slice_s_window_are_measured(k6: K6) -> None:
    done = user(k6)
    phases = done.by("phase", "requests")
    # Each window holds the answers at 0, 250, ... 1750 ms of it.
    assert len(phases["measure"]) == 16
    halves = [tags["half"] for _, tags in done.of("requests") if tags["phase"] == "measure"]
    assert halves == ["1"] * 8 + ["2"] * 8


def test_the_middle_slice_of_an_odd_number_is_in_both_halves(k6: K6) -> None:
    later = {name: ms + 7_000 for name, ms in TURNS[-1].items()}
    done = user(k6, turns=[*TURNS, later])
    halves = [tags["half"] for _, tags in done.of("requests") if tags["phase"] == "measure"]
    assert halves == ["1"] * 12 + ["2"] * 12


def test_what_it_waited_for_its_turn_is_no_time_of_its_own(k6: K6) -> None:
    assert set(user(k6).values("vu_ms")) == {QUICK}


def test_the_times_of_its_slices_are_those_of_the_gate(k6: K6) -> None:
    done = user(k6)
    assert done.values("scenario_start") == [START_MS + 4_000]
    assert done.by("slice", "slice_start") == {"0": [START_MS + 10_000], "1": [START_MS + 17_000]}
    assert done.by("slice", "slice_end") == {"0": [START_MS + 12_000], "1": [START_MS + 19_000]}


def test_the_timeline_has_the_seconds_of_warm_up_and_slices(k6: K6) -> None:
    found = user(k6).by("second", "timeline")
    # Of the warm-up but its last answer, which is as late as its end; of each slice all.
    assert {second: sum(counts) for second, counts in found.items()} == {
        "0": 3, "1": 4, "2": 4, "3": 4, "4": 4, "5": 4,
    }  # fmt: skip


def test_every_contestant_gets_the_same_requests_of_a_user_in_a_turn(k6: K6) -> None:
    """However many a slower one has answered in the turn before; and no two users get the same."""

    def requests(done: Samples, turn: int) -> list[str]:
        own = TURNS[turn]
        return [url for at_ms, url in done.asked if own["start_ms"] <= at_ms < own["until_ms"]]

    fast, slow = user(k6), user(k6, [QUICK] * 3 + [700] * 40)
    few = requests(slow, 2)
    assert 2 < len(few) < len(requests(fast, 2))
    assert requests(fast, 2)[: len(few)] == few
    assert requests(fast, 1) != requests(fast, 2)[: len(requests(fast, 1))]
    names = Counter(name for vu in (1, 2) for name in registered(k6, vu))
    assert len(names) > 2
    assert max(names.values()) == 1


def registered(k6: K6, vu: int) -> list[str]:
    """The moments in the journey at which a user registers."""
    done = user(k6, [40] * 500, vu=vu, WEIGHTS={"register": 1} | dict.fromkeys(
        ("login", "list", "detail", "task"), 0
    ))  # fmt: skip
    return [body["username"] for body in done.bodies]


def test_a_gate_that_is_gone_ends_the_load(k6: K6) -> None:
    done = user(k6, gate="lab.elapsed() < 12_000")
    assert done.aborted
    assert done.values("failure") == ["lost the gate between the turns: connection reset"]
    assert max(sent(done)) < 12_250


@pytest.mark.parametrize("slices", ["0", "2.5", "two"])
def test_slices_that_are_no_number_are_an_error(k6: K6, slices: str) -> None:
    env = {"WARMUP_S": 2, "MEASURE_S": 4, "GATE": "http://turns:8000/0", "SLICES": slices}
    (error,) = k6.errors([("closed", env)])
    assert error == f"SLICES is {slices}: expected a whole number from 1"
