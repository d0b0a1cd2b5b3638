"""Recorded output of k6 (tests/data/k6/README.md):

capacity-exceeded.json  200, 300, 400, 600, 800/s: the fourth step does not hold and is the last
capacity-held.json      150, 200/s: both hold
"""

import json
from collections.abc import Callable
from typing import Any

import pytest

from levelbench.load.capacity import Capacity, capacity_rps
from levelbench.load.closed_document import Answers, Bounds
from levelbench.load.parse import K6Error, parse_summary
from levelbench.model.measurement import LatencySummary, Step, Window
from tests import DATA

RECORDED = DATA / "k6"
BEGAN_LATE_MS = 1.7161590000000615
"""The least lag of capacity-exceeded.json: so much later than the scenario k6 began to count."""


def recorded(name: str) -> str:
    return (RECORDED / f"capacity-{name}.json").read_text(encoding="utf-8")


def changed(change: Callable[[dict[str, Any]], object]) -> str:
    document = json.loads(recorded("exceeded"))
    change(document)
    return json.dumps(document)


def test_a_step_is_exact() -> None:
    step = parse_summary(recorded("exceeded")).steps[2]
    assert step == Step(
        offered_rps=400,
        seconds=4,
        requests=1600,
        errors=0,
        dropped_iterations=0,
        throughput_rps=400,
        latency=LatencySummary(
            count=1600,
            mean_ms=12.931813646874968 - BEGAN_LATE_MS,
            p50_ms=11.201338500000723 - BEGAN_LATE_MS,
            p90_ms=17.16077440000071 - BEGAN_LATE_MS,
            p95_ms=23.413463700001255 - BEGAN_LATE_MS,
            p99_ms=None,  # k6 says 37.5, from 16 observations above it
            max_ms=61.08251500000002 - BEGAN_LATE_MS,
        ),
        generator_lag_p99_ms=9.351323849998769 - BEGAN_LATE_MS,
        generator_lag_max_ms=18.024113999999827 - BEGAN_LATE_MS,
    )


def test_a_step_with_dropped_iterations_has_no_latency() -> None:
    step = parse_summary(recorded("exceeded")).steps[3]
    assert (step.offered_rps, step.requests, step.dropped_iterations) == (600, 1899, 501)
    assert step.latency == LatencySummary(count=1899)
    assert step.generator_lag_p99_ms is None
    late_ms = 837.021580333334 - BEGAN_LATE_MS - 501 * 1e3 / 600
    assert step.generator_lag_max_ms == pytest.approx(late_ms)


def test_steps_that_were_not_reached_are_absent() -> None:
    summary = parse_summary(recorded("exceeded"))
    assert [step.offered_rps for step in summary.steps] == [200, 300, 400, 600]  # and not 800
    assert len(summary.step_bounds) == 4


def test_dropped_iterations_are_those_of_the_step_itself() -> None:
    def in_the_third(document: dict[str, Any]) -> None:
        document["steps"][2]["dropped_so_far"] = 7

    steps = parse_summary(changed(in_the_third)).steps
    assert [step.dropped_iterations for step in steps] == [0, 0, 7, 494]
    assert steps[3].generator_lag_max_ms is None


def test_a_ladder_that_was_left_though_its_last_step_held_is_refused() -> None:
    document = json.loads(recorded("held"))
    document["settings"]["steps_rps"].append(250)
    with pytest.raises(K6Error, match="k6 broke the ladder off after 200/s, which held"):
        parse_summary(json.dumps(document))


def test_together_they_have_no_rate_and_no_latency() -> None:
    summary = parse_summary(recorded("exceeded"))
    assert summary.window == Window(
        seconds=16,
        requests=800 + 1200 + 1600 + 1899,
        errors=0,
        throughput_rps=None,
        latency=LatencySummary(count=5499),
    )
    assert (summary.bounds, summary.endpoints) == ((), {})


def test_each_step_has_its_own_times() -> None:
    # 1 s of warm-up, 4 s of window, 1 s of pause; half of 1/200 s before the first.
    start_ms = 1795575077905 + 3
    assert parse_summary(recorded("exceeded")).step_bounds == tuple(
        Bounds(start_epoch_ms=start_ms + 6000 * i + 1000, end_epoch_ms=start_ms + 6000 * i + 5000)
        for i in range(4)
    )


def test_rows_and_answers_are_of_all_phases() -> None:
    """An ended ladder loses no answer: the server had written and accepted as many."""
    summary = parse_summary(recorded("exceeded"))
    assert (summary.registrations_201, summary.invoices_202) == (150, 273)
    assert summary.answers["detail"] == Answers(requests=3150, errors=0)
    assert sum(answers.requests for answers in summary.answers.values()) == 6999


def test_the_ladder_says_what_the_server_can_take() -> None:
    exceeded = parse_summary(recorded("exceeded")).steps
    assert capacity_rps(exceeded, 200, 0.001) == Capacity(400, is_lower_bound=False)
    held = parse_summary(recorded("held")).steps
    assert capacity_rps(held, 200, 0.001) == Capacity(200, is_lower_bound=True)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda d: d.update(steps=[]), "steps: Tuple should have at least 1 item"),
        (lambda d: d["steps"].pop(), "steps hold 3600 of the window's 5499 requests"),
        (lambda d: d["steps"][0].update(rate_rps=201), "steps are not the first 4 of settings"),
        (lambda d: d["settings"].update(steps_rps=[200, 300]), "steps are not the first 4 of"),
        (lambda d: d["steps"][2].update(dropped_so_far=502), "fewer dropped by step 600 than"),
        (lambda d: d["settings"].update(measure_s=5), "step 200's window is not 5 s"),
        (lambda d: d["steps"][1].pop("dropped_so_far"), "dropped_so_far: Field required"),
        (lambda d: d["steps"][1]["errors"].update(count=1), "1200 requests are not 1200 right"),
        (lambda d: d["answers"]["task"].update(requests=1), "answers hold 6727 of the load's 6999"),
    ],
)
def test_another_shape_is_refused_in_one_line(
    change: Callable[[dict[str, Any]], object], said: str
) -> None:
    with pytest.raises(K6Error, match=said) as caught:
        parse_summary(changed(change))
    assert "\n" not in str(caught.value)


def test_a_step_that_lacks_requests_without_having_dropped_any_is_refused() -> None:
    def some_were_not_sent(document: dict[str, Any]) -> None:
        document["generator_lag"]["max"] = 9.0
        for part in (document["steps"][1], document["phases"]["measure"]):
            part["requests"]["count"] -= 1
            part["latency"]["count"] -= 1
        document["answers"]["list"]["requests"] -= 1

    with pytest.raises(K6Error, match="step 300 holds 1199 of the 1200 requests due within it"):
        parse_summary(changed(some_were_not_sent))
