"""What one virtual user of an open load counts, on a made-up clock.

At 2 requests a second, with 1 s of warm-up, 2 s of window and 1 s of tail, number n is due at
n x 500 ms: 0 and 1 in the warm-up, 2 to 5 in the window, 6 and 7 after it.
"""

from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from levelbench.load import timing
from levelbench.model import workloads
from levelbench.model.config import load_config
from tests.unit.k6 import LOGIN_ALONE
from tests.unit.k6.conftest import K6, Samples

PUNCTUAL = [(0.0, 20.0, 200), *[(480.0, 20.0, 200)] * 7]
"""(ms until the next request, ms of its answer, status): each is sent as it is due."""


def user(k6: K6, answers: list[tuple[float, float, int]], **settings: Any) -> Samples:
    return k6.user("open", answers, **{"RATE": 2, "WEIGHTS": LOGIN_ALONE, **settings})


def phases(done: Samples) -> list[str]:
    return [tags["phase"] + tags.get("half", "") for _, tags in done.of("requests")]


EACH_IN_ITS_OWN = [
    "warmup", "warmup", "measure1", "measure1", "measure2", "measure2", "cooldown", "cooldown",
]  # fmt: skip


def test_the_window_has_as_many_requests_as_are_due_within_it(k6: K6) -> None:
    done = user(k6, PUNCTUAL)
    assert phases(done) == EACH_IN_ITS_OWN
    assert done.values("generator_lag") == pytest.approx([0] * 8, abs=1e-6)
    assert done.values("latency") == pytest.approx([20] * 8)
    assert done.values("service_time") == [20] * 8


def test_a_slow_answer_is_of_the_window_in_which_its_request_was_due(k6: K6) -> None:
    """And so are those that it holds up, however late they are sent and answered."""
    slow = list(PUNCTUAL)
    slow[4] = (480.0, 1100.0, 200)  # due at 2000, in the window; answered at 3100, after it
    slow[5] = (0.0, 20.0, 200)  # due at 2500, in the window; sent at 3100
    slow[6] = (0.0, 20.0, 200)  # due at 3000; sent at 3120
    slow[7] = (360.0, 20.0, 200)  # due at 3500, and sent then
    done = user(k6, slow)
    assert phases(done) == EACH_IN_ITS_OWN
    assert done.values("latency")[4:] == pytest.approx([1100, 620, 140, 20])
    assert done.values("service_time")[4:] == [1100, 20, 20, 20]
    assert done.values("generator_lag")[4:] == pytest.approx([0, 600, 120, 0], abs=1e-6)


def test_a_request_that_begins_in_the_window_is_not_of_it_if_it_was_due_before(
    k6: K6,
) -> None:
    # 1, due at 500, is sent at 1200; 2, due at 1000, at 1500.
    done = user(k6, [(0.0, 20.0, 200), (1180.0, 20.0, 200), (280.0, 20.0, 200)])
    assert phases(done) == ["warmup", "warmup", "measure1"]
    assert done.values("latency") == pytest.approx([20, 720, 520])


def test_wrong_answers_have_a_lag_and_no_latency(k6: K6) -> None:
    done = user(k6, [(0.0, 20.0, 503), (480.0, 20.0, 200), (490.0, 0.0, 0)])
    assert done.values("generator_lag") == pytest.approx([0, 0, 10], abs=1e-6)
    assert done.values("latency") == pytest.approx([20])
    assert done.values("errors") == [1, 1]
    assert [tags["check"] for _, tags in done.of("failed_checks")] == ["status_503", "no_answer"]


def test_a_request_that_times_out_is_an_error_whose_wait_is_in_the_percentiles(k6: K6) -> None:
    """On 5a844a9 it was in no percentile: a stall of a thousandth of requests improved p99.9."""
    # Due at 500, sent at 600, and given up 25 s later.
    done = user(k6, [(0.0, 20.0, 200), (580.0, 25_000.0, 0)])
    assert done.values("latency") == pytest.approx([20, 25_100])
    assert done.values("service_time") == pytest.approx([20, 25_000])
    assert done.values("timeouts") == [1]
    assert done.values("errors") == [1]


def test_a_timeout_by_a_truncated_clock_is_one(k6: K6) -> None:
    done = user(k6, [(0.5, 24_999.2, 0)])
    assert done.values("latency") == pytest.approx([25_000.5])


def test_another_request_without_an_answer_has_no_latency(k6: K6) -> None:
    done = user(k6, [(0.0, 24_000.0, 0)])
    assert done.values("latency") == done.values("timeouts") == []


def test_a_number_that_is_a_second_behind_counts_where_it_began(k6: K6) -> None:
    """Dropped iterations take no number: those after them look ever later."""
    # 0 as it is due. 1, due at 500, begun at 2600: as if 4 before it had been dropped.
    done = user(k6, [(0.0, 20.0, 200), (2580.0, 20.0, 200), (1080.0, 20.0, 200)])
    assert phases(done) == ["warmup", "measure1", "measure2"]
    assert done.values("generator_lag") == pytest.approx([0, 2100, 2700], abs=1e-6)


def test_what_is_due_after_the_end_is_not_sent(k6: K6) -> None:
    """k6, held up as the load ends, begins it: 8, due at 4000, of a load that ends at 3750."""
    done = user(k6, [*PUNCTUAL, (480.0, 20.0, 200)])
    assert phases(done) == EACH_IN_ITS_OWN
    assert min(done.values("generator_lag")) > -1e-6


def test_k6_is_told_the_rate_and_to_let_all_requests_finish(k6: K6) -> None:
    done = user(k6, [(0.0, 20.0, 200)], VUS=50)
    scenario = done.options["scenarios"]["open"]
    assert scenario == {
        "executor": "constant-arrival-rate",
        "rate": 2,
        "timeUnit": "1s",
        "duration": "3750000000ns",  # half a period short of 1 s + 2 s + 1 s
        "preAllocatedVUs": 50,
        "maxVUs": 50,
        "gracefulStop": "30s",
    }


@pytest.mark.parametrize(("rate", "period_ns"), [(3, 333_333_333), (777, 1_287_001)])
def test_a_period_is_cut_to_nanoseconds_as_k6_does(k6: K6, rate: int, period_ns: int) -> None:
    period_ms = period_ns / 1e6
    answers = [(0.0, 0.5, 200), *[(period_ms - 0.5, 0.5, 200)] * (rate - 1)]
    done = user(k6, answers, RATE=rate)
    assert done.values("generator_lag") == pytest.approx([0] * rate, abs=1e-5)


POISSON: dict[str, Any] = {"RATE": 50, "ARRIVALS": "poisson"}


def due_ms(k6: K6, **settings: Any) -> list[float]:
    """When k6 begins each iteration, by its own rule: when the integral of the stages' rates is a
    whole number (cal in ramping_arrival_rate.go)."""
    done = user(k6, [], **{**POISSON, **settings})
    scenario = done.options["scenarios"]["open"]
    assert (scenario["executor"], scenario["startRate"]) == ("ramping-arrival-rate", 0)
    unit_ns = 1e9 * int(scenario["timeUnit"].removesuffix("s"))
    due, area, start_ns = [], 0.0, 0
    for stage in scenario["stages"]:
        length_ns = int(stage["duration"].removesuffix("s").removesuffix("n"))
        rate = stage["target"] / unit_ns
        while rate and length_ns and len(due) + 1 <= area + rate * length_ns:
            due.append((start_ns + (len(due) + 1 - area) / rate) / 1e6)
        area += rate * length_ns
        start_ns += length_ns
    assert start_ns == 1e9 * (settings.get("warmup_s", 1) + settings.get("measure_s", 2) + 1 + 1)
    return due


def test_drawn_arrivals_are_as_many_in_each_phase_as_even_ones(k6: K6) -> None:
    due = due_ms(k6)
    phases = [sum(low <= at < low + length for at in due)
              for low, length in ((0, 1000), (1000, 2000), (3000, 1000))]  # fmt: skip
    assert phases == [50, 100, 50]
    assert len(due) == 200


def test_drawn_gaps_are_exponential(k6: K6) -> None:
    due = due_ms(k6, RATE=200, measure_s=20)
    gaps = np.diff(due)
    assert np.mean(gaps) == pytest.approx(5, rel=0.01)
    # Of an exponential distribution: a standard deviation as large as the mean, half of the gaps
    # below ln 2 times the mean. Four standard errors of 4,400 gaps.
    assert np.std(gaps) / np.mean(gaps) == pytest.approx(1, abs=0.06)
    assert np.median(gaps) / np.mean(gaps) == pytest.approx(np.log(2), abs=0.06)
    assert abs(np.corrcoef(gaps[:-1], gaps[1:])[0, 1]) < 0.06


def test_drawn_arrivals_follow_from_the_seed(k6: K6) -> None:
    assert due_ms(k6, SEED=1) == due_ms(k6, SEED=1, VUS=7)
    assert due_ms(k6, SEED=1) != due_ms(k6, SEED=2)


def test_latency_of_drawn_arrivals_begins_when_each_was_due(k6: K6) -> None:
    due = due_ms(k6)
    pauses = [later - sooner for sooner, later in pairwise([0, *due])]
    done = user(k6, [(pause, 0.0, 200) for pause in pauses], **POISSON)
    assert done.values("generator_lag") == pytest.approx([0] * 200, abs=1e-3)
    assert phases(done).count("warmup") == phases(done).count("cooldown") == 50


def test_dropped_iterations_explain_as_many_drawn_gaps_as_they_may_span(k6: K6) -> None:
    due = due_ms(k6)
    explained = k6.script(f"""
        import {{ explained_ms }} from './lab/lib/arrivals.js';
        const even = {{ period_ms: 20, count: 200 }};
        const drawn = {{ drawn_ms: {due}, count: 200 }};
        const found = [0, 3, 500].map((n) => [explained_ms(even, n), explained_ms(drawn, n)]);
        console.log(JSON.stringify(found));
    """)
    three = max(later - sooner for sooner, later in zip(due, due[3:], strict=False))
    assert explained == pytest.approx(np.array([[0, 0], [60, three], [10_000, due[-1] - due[0]]]))


def lags(done: Samples) -> list[float]:
    return done.values("generator_lag")


def ladder(k6: K6, answers: list[tuple[float, float, int]], **settings: Any) -> Samples:
    return k6.user("capacity", answers, **{**LADDER, **settings})


LADDER: dict[str, Any] = {
    "STEPS": [2, 4], "STEP_WARMUP_S": 1, "STEP_MEASURE_S": 2, "OBJECTIVE_MS": 200,
    "ERROR_RATE_MAX": 0.001, "WEIGHTS": LOGIN_ALONE,
}  # fmt: skip


def test_a_ladder_is_due_step_by_step_with_pauses(k6: K6) -> None:
    """Each arrival in the middle of its interval: 2/s from 250 ms on, for 3 s; after 1 s, 4/s."""
    due_ms = [250 + 250 + 500 * n for n in range(6)] + [4250 + 125 + 250 * n for n in range(12)]
    pauses_ms = [later - sooner for sooner, later in pairwise([0, *due_ms])]
    done = ladder(k6, [(pause_ms, 0, 200) for pause_ms in pauses_ms])
    assert lags(done) == pytest.approx([0] * 18, abs=1e-6)
    counted = [(tags["step"], tags["phase"]) for _, tags in done.of("latency")]
    first = [("0", "warmup")] * 2 + [("0", "measure")] * 4
    second = [("1", "warmup")] * 4 + [("1", "measure")] * 8
    assert counted == first + second


def test_a_ladder_is_as_long_as_the_lab_expects(k6: K6) -> None:
    config = load_config()
    planned = timing.of_workload(workloads.of("capacity"), config.profile("quick"), config)
    done = ladder(
        k6,
        [],
        STEPS=list(range(100, 100 + planned.steps)),
        STEP_WARMUP_S=planned.warmup_s,
        STEP_MEASURE_S=planned.measure_s,
    )
    stages = done.options["scenarios"]["climb"]["stages"]
    lasting = [stage["duration"] for stage in stages[:-1] if stage["duration"] != "0s"]
    lead_s = 0.5 / 100
    seconds = sum(int(duration.removesuffix("ns")) for duration in lasting) / 1e9
    assert seconds == pytest.approx(planned.load_s + lead_s)
    assert stages[-1] == {"target": 0, "duration": "1000000000ns"}  # in which the last is judged
