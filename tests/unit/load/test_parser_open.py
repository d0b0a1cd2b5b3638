"""Parsing of open loads: at one rate, and up a ladder of rates."""

import json
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion

from levelbench.load.parser import parse_summary
from levelbench.load.summary import Answers, Bounds
from levelbench.model.capacity import Capacity, Objective, capacity_of
from levelbench.model.measurement import EndpointWindow, LatencySummary, Step, Window
from levelbench.model.vocabulary import ENDPOINTS
from tests.unit.load.recorded import Change, changed, recorded, refusal, refusals

BEGAN_LATE_MS = 1.7161590000000615
"""The least lag of capacity-exceeded.json: the offset of k6's time to the scenario's start."""

# --- one rate ---------------------------------------------------------------------------------


def test_open_window_is_exact() -> None:
    assert parse_summary(recorded("open-served")).window == Window(
        seconds=6,
        requests=2250,
        errors=0,
        throughput_rps=375,
        latency=LatencySummary(
            count=2250,
            mean_ms=9.822507245777386,
            p50_ms=9.45861850000017,
            p90_ms=10.439005699999488,
            p95_ms=11.719033499999547,
            p99_ms=21.33305806999987,
            p999_ms=None,  # k6 says 28.3, from two observations above it
            max_ms=39.10722399999892,
        ),
        halves=(375, 375),
        vus_busy_share=None,
        offered_rps=375,
        dropped_iterations=0,
        generator_lag_p99_ms=5.897972839999749,
        generator_lag_max_ms=33.63082099999883,  # of the whole load, not the window's 14.1
        service_latency=LatencySummary(
            count=2250,
            mean_ms=9.080508733777771,
            p50_ms=8.7879455,
            p90_ms=9.461771200000001,
            p95_ms=10.615742899999997,
            p99_ms=16.095672859999972,
            max_ms=27.639124,
        ),
    )


def timed_out(document: dict[str, Any]) -> None:
    """Let a request of the window have no answer."""
    for part in (
        document["phases"]["measure"], document["halves"]["1"], document["endpoints"]["list"],
    ):  # fmt: skip
        part["timeouts"] = {"count": 1, "rate": 0.1}
        part["errors"]["count"] = 1
    document["answers"]["list"]["errors"] = 1


def test_a_request_that_timed_out_is_an_error_and_has_a_latency() -> None:
    """On 5a844a9 such a summary was refused: errors had no latency."""
    window = parse_summary(changed("open-served", timed_out)).window
    assert (window.errors, window.timeouts, window.latency.count) == (1, 1, 2250)


def drawn(document: dict[str, Any]) -> None:
    document["settings"]["arrivals"] = "poisson"
    document["arrivals"]["explained_ms"] = 0
    document["generator_lag"]["min"] = 0.1


def test_the_clock_of_drawn_arrivals_starts_with_the_least_lag() -> None:
    even = parse_summary(recorded("open-served")).window
    window = parse_summary(changed("open-served", drawn)).window
    for found, before in (
        (window.latency.p95_ms, even.latency.p95_ms),
        (window.generator_lag_p99_ms, even.generator_lag_p99_ms),
        (window.generator_lag_max_ms, even.generator_lag_max_ms),
    ):
        assert found
        assert before
        assert found == pytest.approx(before - 0.1)
    assert window.service_latency == even.service_latency


def test_the_lag_that_dropped_iterations_explain_is_the_load_generators() -> None:
    def explained(document: dict[str, Any]) -> None:
        document["arrivals"]["explained_ms"] = document["generator_lag"]["max"] - 3

    window = parse_summary(changed("open-overloaded", explained)).window
    assert window.generator_lag_max_ms == pytest.approx(3)


def test_latency_is_the_services_and_the_generators() -> None:
    measure = json.loads(recorded("open-served"))["phases"]["measure"]
    parts = measure["service_time"]["avg"] + measure["generator_lag"]["avg"]
    assert measure["latency"]["avg"] == pytest.approx(parts, rel=1e-12)


def test_endpoints_are_exact() -> None:
    endpoints = parse_summary(recorded("open-served")).endpoints
    assert tuple(endpoints) == ENDPOINTS
    assert {name: window.requests for name, window in endpoints.items()} == {
        "register": 56, "login": 42, "list": 1081, "detail": 976, "task": 95,
    }  # fmt: skip
    assert endpoints["task"] == EndpointWindow(
        requests=95,
        errors=0,
        throughput_rps=95 / 6,
        latency=LatencySummary(
            count=95,
            mean_ms=9.738609126315422,
            p50_ms=9.398354999998903,
            max_ms=21.59778400000041,
        ),
    )


def test_open_times_and_rows() -> None:
    summary = parse_summary(recorded("open-served"))
    assert summary.bounds == (Bounds(start_epoch_ms=1795575051215, end_epoch_ms=1795575057215),)
    assert (summary.endpoint_bounds, summary.step_bounds, summary.steps) == ({}, (), ())
    # What the server had written and accepted afterwards.
    assert (summary.registrations_201, summary.invoices_202) == (74, 139)
    assert summary.answers["list"] == Answers(requests=1599, errors=0)
    assert sum(answers.requests for answers in summary.answers.values()) == 375 * (2 + 6 + 1)


# --- dropped iterations -----------------------------------------------------------------------


@pytest.mark.parametrize(("name", "dropped"), [("overloaded", 1779), ("late", 82)])
def test_with_dropped_iterations_it_is_not_known_what_was_due_when(name: str, dropped: int) -> None:
    summary = parse_summary(recorded(f"open-{name}"))
    window = summary.window
    assert window.dropped_iterations == dropped
    assert window.latency == LatencySummary(count=window.requests)
    assert window.generator_lag_p99_ms is None
    for endpoint in summary.endpoints.values():
        assert endpoint.latency == LatencySummary(count=endpoint.requests)
    # From when it was sent, it is.
    assert window.service_latency is not None
    assert window.service_latency.p95_ms is not None


def test_a_server_that_is_too_slow_answers_what_it_can() -> None:
    window = parse_summary(recorded("open-overloaded")).window
    assert window.offered_rps == 700
    assert window.throughput_rps == 2421 / 5  # of 500
    assert window.service_latency is not None
    assert window.service_latency.p50_ms == 436.159755  # 200 in flight / 500


def test_dropped_iterations_explain_all_lag_when_the_server_is_too_slow() -> None:
    """The last one looks late by 1,779 periods, and 2.2 ms are left over."""
    late_ms = parse_summary(recorded("open-overloaded")).window.generator_lag_max_ms
    assert late_ms == pytest.approx(2543.631807500532 - 1779 * 1e3 / 700)
    assert late_ms == pytest.approx(2.2, abs=0.05)


def test_they_do_not_when_the_generator_was_late() -> None:
    """Stopped for 1.1 s, k6 finds 275 requests due at once: 193 of these it can send."""
    late_ms = parse_summary(recorded("open-late")).window.generator_lag_max_ms
    assert late_ms == pytest.approx(1100.1407069999996 - 82 * 1e3 / 250)


def test_a_load_without_requests_has_no_lag() -> None:
    def nothing_was_sent(document: dict[str, Any]) -> None:
        cuts = [*document["phases"].values(), *document["halves"].values()]
        for cut in (*cuts, *document["endpoints"].values()):
            for metric in cut.values():
                metric["count"] = 0
        for answers in document["answers"].values():
            answers["requests"] = 0
        document["generator_lag"]["count"] = 0
        document["arrivals"]["dropped"] = document["arrivals"]["due"]

    window = parse_summary(changed("open-served", nothing_was_sent)).window
    assert (window.requests, window.generator_lag_max_ms) == (0, None)


def test_one_more_may_be_dropped_than_was_due() -> None:
    """At 521/s for 11 s k6 had 5732 arrivals: held up as the load ended, it had one after it."""

    def one_more(document: dict[str, Any]) -> None:
        document["arrivals"]["due"] -= over(document) + 1

    def over(document: dict[str, Any]) -> int:
        sent = sum(phase["requests"]["count"] for phase in document["phases"].values())
        return int(document["arrivals"]["due"] - sent - document["arrivals"]["dropped"])

    assert parse_summary(changed("open-overloaded", one_more)).window.dropped_iterations == 1779


def test_a_load_that_was_interrupted_is_an_error() -> None:
    """Its window has not all requests that were due, and neither was one dropped nor all late."""

    def broken_off(document: dict[str, Any]) -> None:
        document["arrivals"]["dropped"] = 0
        document["generator_lag"]["max"] = 9.0

    text = changed("open-overloaded", broken_off)
    assert "the window holds 2421 of the 3500 requests" in refusal(text)


# --- a ladder of rates ------------------------------------------------------------------------


def test_a_step_is_exact() -> None:
    step = parse_summary(recorded("capacity-exceeded")).steps[2]
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
    step = parse_summary(recorded("capacity-exceeded")).steps[3]
    assert (step.offered_rps, step.requests, step.dropped_iterations) == (600, 1899, 501)
    assert step.latency == LatencySummary(count=1899)
    assert step.generator_lag_p99_ms is None
    late_ms = 837.021580333334 - BEGAN_LATE_MS - 501 * 1e3 / 600
    assert step.generator_lag_max_ms == pytest.approx(late_ms)


def test_steps_that_were_not_reached_are_absent() -> None:
    summary = parse_summary(recorded("capacity-exceeded"))
    assert [step.offered_rps for step in summary.steps] == [200, 300, 400, 600]  # and not 800
    assert len(summary.step_bounds) == 4


def test_dropped_iterations_are_those_of_the_step_itself() -> None:
    def in_the_third(document: dict[str, Any]) -> None:
        document["steps"][2]["dropped_so_far"] = 7

    steps = parse_summary(changed("capacity-exceeded", in_the_third)).steps
    assert [step.dropped_iterations for step in steps] == [0, 0, 7, 494]
    assert steps[3].generator_lag_max_ms is None


def test_a_ladder_that_ended_although_its_last_step_held_is_an_error() -> None:
    text = changed("capacity-held", lambda d: d["settings"]["steps_rps"].append(250))
    assert "k6 stopped the ladder after 200/s, although every step held" in refusal(text)


def test_together_they_have_no_rate_and_no_latency() -> None:
    summary = parse_summary(recorded("capacity-exceeded"))
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
    assert parse_summary(recorded("capacity-exceeded")).step_bounds == tuple(
        Bounds(start_epoch_ms=start_ms + 6000 * i + 1000, end_epoch_ms=start_ms + 6000 * i + 5000)
        for i in range(4)
    )


def test_rows_and_answers_of_a_ladder_are_of_all_phases() -> None:
    """An ended ladder loses no answer: the server had written and accepted as many."""
    summary = parse_summary(recorded("capacity-exceeded"))
    assert (summary.registrations_201, summary.invoices_202) == (150, 273)
    assert summary.answers["detail"] == Answers(requests=3150, errors=0)
    assert sum(answers.requests for answers in summary.answers.values()) == 6999


def test_the_ladder_says_what_the_server_can_take() -> None:
    exceeded = parse_summary(recorded("capacity-exceeded")).steps
    p95 = Objective(200, 0.001)
    assert capacity_of(exceeded, p95) == Capacity(400, is_lower_bound=False)
    held = parse_summary(recorded("capacity-held")).steps
    assert capacity_of(held, p95) == Capacity(200, is_lower_bound=True)


def test_a_step_that_lacks_requests_without_having_dropped_any_is_an_error() -> None:
    def some_were_not_sent(document: dict[str, Any]) -> None:
        document["generator_lag"]["max"] = 9.0
        for part in (document["steps"][1], document["phases"]["measure"]):
            part["requests"]["count"] -= 1
            part["latency"]["count"] -= 1
        document["answers"]["list"]["requests"] -= 1

    text = changed("capacity-exceeded", some_were_not_sent)
    assert "step 300 holds 1199 of the 1200 requests due within it" in refusal(text)


# --- errors -----------------------------------------------------------------------------------


def one_fewer(document: dict[str, Any]) -> None:
    """Take a request out of the window, everywhere."""
    cuts = (document["phases"]["measure"], document["halves"]["1"], document["endpoints"]["list"])
    for cut in cuts:
        for metric in ("requests", "latency", "service_time", "generator_lag"):
            cut[metric]["count"] -= 1
    document["answers"]["list"]["requests"] -= 1


OPEN: dict[str, Change] = {
    "an endpoint is missing": lambda d: d["endpoints"].pop("task"),
    "more sent than due": lambda d: d["arrivals"].update(due=3374),
    "no dropped iterations": lambda d: d["arrivals"].pop("dropped"),
    "a request is missing": one_fewer,
    "another rate": lambda d: d["settings"].update(rate_rps=376),
    "answers are missing": lambda d: d["answers"]["task"].update(requests=1),
    "an error too many": lambda d: d["halves"]["2"]["errors"].update(count=1),
    "a lag is missing": lambda d: d["phases"]["measure"]["generator_lag"].update(count=2249),
    "a time is missing": lambda d: d["phases"]["measure"]["service_time"].update(count=2249),
    "more timeouts than errors": lambda d: d["halves"]["1"].update(
        timeouts={"count": 1, "rate": 0}
    ),
    "a negative lag": lambda d: d["generator_lag"].update(min=-0.5),
    "no start": lambda d: d.update(scenario_start_epoch_ms=None),
    "a key too many": lambda d: d.update(timeline=[]),
}
CAPACITY: dict[str, Change] = {
    "no steps": lambda d: d.update(steps=[]),
    "a step is missing": lambda d: d["steps"].pop(),
    "another rate": lambda d: d["steps"][0].update(rate_rps=201),
    "fewer rates than steps": lambda d: d["settings"].update(steps_rps=[200, 300]),
    "fewer dropped later": lambda d: d["steps"][2].update(dropped_so_far=502),
    "another window": lambda d: d["settings"].update(measure_s=5),
    "no dropped iterations": lambda d: d["steps"][1].pop("dropped_so_far"),
    "an error too many": lambda d: d["steps"][1]["errors"].update(count=1),
    "answers are missing": lambda d: d["answers"]["task"].update(requests=1),
}


@pytest.mark.parametrize(
    ("name", "changes"), [("open-served", OPEN), ("capacity-exceeded", CAPACITY)]
)
def test_malformed_documents_are_errors(
    name: str, changes: dict[str, Change], snapshot: SnapshotAssertion
) -> None:
    assert refusals(name, changes) == snapshot
