"""Where a ladder of rates is stopped: the judge of a step, and what the other VUs do then."""

import json
from typing import Any

import pytest

from tests.unit.k6.conftest import K6, Samples
from tests.unit.k6.test_open_load import LADDER

STEPS = {**LADDER, "STEPS": [100, 200], "STEP_WARMUP_S": 1, "STEP_MEASURE_S": 4}
OF_STEP = "{step:0,phase:measure}"
HELD: dict[str, dict[str, float]] = {
    "dropped_iterations": {"count": 0},
    "generator_lag": {"min": 3.0},
    f"requests{OF_STEP}": {"count": 400},
    f"errors{OF_STEP}": {"count": 0},
    f"latency{OF_STEP}": {"p(95)": 203.0},
}
"""The step's figures, as k6's HTTP API returns them: p95 is at the objective, 3 ms too long."""


def judged(
    k6: K6,
    figures: dict[str, Any],
    status: int = 200,
    sign: str = "own",
    objective_ms: int = 200,
) -> Samples:
    """Let the first step be judged by some figures."""
    return k6.run(
        "capacity",
        {**STEPS, "OBJECTIVE_MS": objective_ms},
        f"""
        lab.api = (url) => {{
          lab.asked.push([lab.elapsed(), url]);
          const own = lab.samples.find(([name]) => name === 'judge_sign')[1];
          const samples = {{
            ...{json.dumps(figures)},
            judge_sign: {{ value: {json.dumps(sign)} === 'own' ? own : 0.5 }},
          }};
          const metrics = Object.entries(samples)
            .map(([id, sample]) => ({{ id, attributes: {{ sample }} }}));
          return {{ status: {status}, json: () => metrics }};
        }};
        lab.pass(4905); // 100 ms before the step's end, which begins 5 ms after the load
        lab.scenario = {{ name: 'judge_0', startTime: Date.now() }};
        script.judge();
        """,
    )


def stays(done: Samples) -> bool:
    """Whether the judge's iteration is there until k6 interrupts it."""
    return done.elapsed_ms > 60_000


def test_a_step_that_holds_lets_the_ladder_go_on(k6: K6) -> None:
    done = judged(k6, HELD)
    assert not stays(done)
    assert done.of("steps_judged") == [(1, {"step": "0"})]
    assert done.of("dropped_so_far") == [(0, {"step": "0"})]


def test_figures_are_read_within_the_pause(k6: K6) -> None:
    ((moment_ms, url),) = judged(k6, HELD).asked
    assert moment_ms == 5_505  # half a second after the step's end, as long before the next one
    assert url == "http://localhost:6565/v1/metrics"


@pytest.mark.parametrize(
    ("figure", "sample"),
    [
        ("dropped_iterations", {"count": 1}),
        (f"errors{OF_STEP}", {"count": 1}),  # of 400: 0.25%
        (f"latency{OF_STEP}", {"p(95)": 203.1}),
        (f"requests{OF_STEP}", {"count": 380}),  # 5% have no answer yet
    ],
)
def test_a_step_that_does_not_hold_stops_it(k6: K6, figure: str, sample: dict[str, float]) -> None:
    done = judged(k6, {**HELD, figure: sample})
    assert stays(done)
    assert len(done.of("steps_judged")) == 1  # it was reached, and its figures count
    dropped = sample["count"] if figure == "dropped_iterations" else 0
    assert done.of("dropped_so_far") == [(dropped, {"step": "0"})]


def test_requests_that_may_still_be_answered_in_time_stop_nothing(k6: K6) -> None:
    in_flight = {**HELD, f"requests{OF_STEP}": {"count": 380}}
    assert stays(judged(k6, in_flight, objective_ms=500))
    assert not stays(judged(k6, in_flight, objective_ms=501))


@pytest.mark.parametrize(
    ("figures", "status", "sign"),
    [
        (HELD, 200, "another's"),
        (HELD, 404, "own"),
        ({name: v for name, v in HELD.items() if name != "dropped_iterations"}, 200, "own"),
    ],
)
def test_a_step_that_cannot_be_judged_stops_it_and_is_no_step(
    k6: K6, figures: dict[str, Any], status: int, sign: str
) -> None:
    done = judged(k6, figures, status, sign)
    assert stays(done)
    assert done.of("steps_judged") == []


def test_every_step_has_its_judge_who_is_gone_before_the_next_one(k6: K6) -> None:
    scenarios = k6.run("capacity", STEPS, "").options["scenarios"]
    assert list(scenarios) == ["climb", "judge_0", "judge_1"]
    assert scenarios["judge_0"] == {
        "executor": "per-vu-iterations", "exec": "judge", "vus": 1, "iterations": 1,
        "startTime": "4905ms", "maxDuration": "1000ms", "gracefulStop": "0s",
    }  # fmt: skip
    assert scenarios["judge_1"]["startTime"] == "10905ms"


def arrival(k6: K6, *, interrupted: int, active: int) -> Samples:
    return k6.run(
        "capacity",
        STEPS,
        f"""
        lab.instance = {{ iterationsInterrupted: {interrupted}, vusActive: {active} }};
        lab.answer = {{ status: 200, duration: 10 }};
        script.default();
        """,
    )


def test_after_a_step_that_did_not_hold_nothing_is_sent(k6: K6) -> None:
    assert len(arrival(k6, interrupted=0, active=1).asked) == 1
    assert arrival(k6, interrupted=1, active=5).asked == []


def test_the_load_is_aborted_when_nothing_is_in_flight_any_more(k6: K6) -> None:
    assert not arrival(k6, interrupted=1, active=2).aborted
    assert arrival(k6, interrupted=1, active=1).aborted


def test_a_step_that_begins_after_that_is_not_judged(k6: K6) -> None:
    done = k6.run(
        "capacity",
        STEPS,
        """
        lab.instance.iterationsInterrupted = 1;
        lab.scenario = { name: 'judge_1', startTime: Date.now() };
        script.judge();
        """,
    )
    assert done.of("steps_judged") == []
    assert done.elapsed_ms == 0
