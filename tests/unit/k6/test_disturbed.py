"""Disturbed loads: parts, and who is counted in which, on a made-up clock."""

from typing import Any

import pytest

from tests.unit.k6 import LOGIN_ALONE
from tests.unit.k6.conftest import K6, Samples

OWN: dict[str, Any] = {
    "before_s": 2, "during_s": 1, "after_s": 2, "cycles": 2, "rates_rps": [2, 4, 2], "logins": 3,
    "health_rps": 5,
}  # fmt: skip
SETTINGS = {"WARMUP_S": 1, "MEASURE_S": 10, "WEIGHTS": LOGIN_ALONE, "DISTURBANCE": OWN}


def sent(
    k6: K6, workload: str, moments_ms: list[int], answer: str, call: str = "default"
) -> Samples:
    """Requests that begin at these times, each with this answer."""
    return k6.run(
        workload,
        SETTINGS,
        f"""
        lab.answer = {answer};
        for (const at_ms of {moments_ms}) {{
          lab.pass(at_ms - lab.elapsed());
          script.{call}();
          lab.scenario.iterationInTest += 1;
        }}
        """,
    )


def test_a_request_is_of_the_part_and_second_in_which_it_begins(k6: K6) -> None:
    moments = [0, 999, 1000, 2999, 3000, 3999, 4000, 5999, 6000, 8000, 9000, 10_999]
    done = sent(k6, "overload", moments, "{ duration: 0, status: 200 }")
    assert [tags["part"] for _, tags in done.of("requests")] == [
        "warmup", "warmup", "before", "before", "during", "during", "after", "after", "before",
        "during", "after", "after",
    ]  # fmt: skip
    assert [tags["second"] for _, tags in done.of("by_second")] == [
        f"{moment // 1000}" for moment in moments
    ]


def test_what_is_refused_has_no_latency_and_what_times_out_has_its_wait(k6: K6) -> None:
    refused = sent(k6, "overload", [3000], "{ duration: 5, status: 503 }")
    assert (refused.values("errors"), refused.values("latency")) == ([1], [])
    assert refused.values("timeouts") == []
    late = sent(k6, "overload", [3000], "{ duration: 25000, status: 0 }")
    assert (late.values("errors"), late.values("timeouts")) == ([1], [1])
    assert late.values("latency") == late.values("by_second") == [25_000]


def test_an_overload_has_the_rate_of_each_part_for_its_time(k6: K6) -> None:
    options = sent(k6, "overload", [], "{}").options
    (scenario,) = options["scenarios"].values()
    stages = [(one["target"], one["duration"]) for one in scenario["stages"]]
    cycle = [(2, "0s"), (2, "2000000000ns"), (4, "0s"), (4, "1000000000ns"), (2, "0s"),
             (2, "2000000000ns")]  # fmt: skip
    assert stages == [(2, "0s"), (2, "1000000000ns"), *cycle, *cycle]


@pytest.mark.parametrize("burst", [0, 1])
def test_logins_begin_at_the_same_moment_and_are_counted_by_themselves(k6: K6, burst: int) -> None:
    done = k6.run(
        "interference",
        SETTINGS,
        f"""
        const [at_ms] = [{3000 + 5000 * burst}];
        lab.pass(at_ms);
        lab.scenario = {{ name: 'burst_{burst}', startTime: Date.now(), iterationInTest: 1 }};
        lab.answer = {{ duration: 900, status: 200 }};
        script.logIn();
        """,
    )
    scenario = done.options["scenarios"][f"burst_{burst}"]
    assert (scenario["vus"], scenario["iterations"]) == (3, 1)
    assert scenario["startTime"] == f"{3000 + 5000 * burst}ms"
    ((latency, tags),) = done.of("latency")
    assert (latency, tags) == (900, {"who": "logins", "part": "during", "endpoint": "login"})
    assert done.of("by_second") == []


def test_healthz_is_asked_all_along(k6: K6) -> None:
    done = sent(k6, "interference", [1500], "{ duration: 3, status: 200 }", "askHealth")
    scenario = done.options["scenarios"]["health"]
    assert (scenario["rate"], scenario["duration"]) == (5, "11000ms")
    ((_, tags),) = done.of("requests")
    assert tags == {"who": "health", "part": "before", "endpoint": "health"}
    assert [url for _, url in done.asked] == ["GET http://service:8000/healthz"]
