"""Recorded output of k6 (tests/data/k6/README.md):

open-served.json      375/s, 2 s + 6 s; nothing is dropped
open-overloaded.json  700/s, 2 s + 5 s; the server is too slow
open-late.json        250/s, 2 s + 5 s; k6 was stopped for 1.1 s in the window
"""

import json
from collections.abc import Callable
from typing import Any

import pytest

from levelbench.load.closed_document import Answers, Bounds
from levelbench.load.parse import K6Error, parse_summary
from levelbench.model.measurement import EndpointWindow, LatencySummary, Window
from levelbench.model.vocabulary import ENDPOINTS
from tests import DATA

RECORDED = DATA / "k6"


def recorded(name: str) -> str:
    return (RECORDED / f"open-{name}.json").read_text(encoding="utf-8")


def changed(change: Callable[[dict[str, Any]], object], name: str = "served") -> str:
    document = json.loads(recorded(name))
    change(document)
    return json.dumps(document)


# --- figures ----------------------------------------------------------------------------------


def test_window_is_exact() -> None:
    assert parse_summary(recorded("served")).window == Window(
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


def test_latency_is_the_services_and_the_generators() -> None:
    measure = json.loads(recorded("served"))["phases"]["measure"]
    parts = measure["service_time"]["avg"] + measure["generator_lag"]["avg"]
    assert measure["latency"]["avg"] == pytest.approx(parts, rel=1e-12)


def test_endpoints_are_exact() -> None:
    endpoints = parse_summary(recorded("served")).endpoints
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


def test_times_and_rows() -> None:
    summary = parse_summary(recorded("served"))
    assert summary.bounds == (Bounds(start_epoch_ms=1795575051215, end_epoch_ms=1795575057215),)
    assert (summary.endpoint_bounds, summary.step_bounds, summary.steps) == ({}, (), ())
    # What the server had written and accepted afterwards.
    assert (summary.registrations_201, summary.invoices_202) == (74, 139)
    assert summary.answers["list"] == Answers(requests=1599, errors=0)
    assert sum(answers.requests for answers in summary.answers.values()) == 375 * (2 + 6 + 1)


# --- dropped iterations -----------------------------------------------------------------------


@pytest.mark.parametrize(("name", "dropped"), [("overloaded", 1779), ("late", 82)])
def test_with_dropped_iterations_it_is_not_known_what_was_due_when(name: str, dropped: int) -> None:
    summary = parse_summary(recorded(name))
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
    window = parse_summary(recorded("overloaded")).window
    assert window.offered_rps == 700
    assert window.throughput_rps == 2421 / 5  # of 500
    assert window.service_latency is not None
    assert window.service_latency.p50_ms == 436.159755  # 200 in flight / 500


def test_dropped_iterations_explain_all_lag_when_the_server_is_too_slow() -> None:
    """The last one looks late by 1,779 periods, and 2.2 ms are left over."""
    late_ms = parse_summary(recorded("overloaded")).window.generator_lag_max_ms
    assert late_ms == pytest.approx(2543.631807500532 - 1779 * 1e3 / 700)
    assert late_ms == pytest.approx(2.2, abs=0.05)


def test_they_do_not_when_the_generator_was_late() -> None:
    """Stopped for 1.1 s, k6 finds 275 requests due at once: 193 of these it can send."""
    late_ms = parse_summary(recorded("late")).window.generator_lag_max_ms
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

    window = parse_summary(changed(nothing_was_sent)).window
    assert (window.requests, window.generator_lag_max_ms) == (0, None)


# --- what is refused --------------------------------------------------------------------------


def one_fewer(document: dict[str, Any]) -> None:
    """Take a request out of the window, everywhere."""
    cuts = (document["phases"]["measure"], document["halves"]["1"], document["endpoints"]["list"])
    for cut in cuts:
        for metric in ("requests", "latency", "service_time", "generator_lag"):
            cut[metric]["count"] -= 1
    document["answers"]["list"]["requests"] -= 1


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda d: d["endpoints"].pop("task"), "endpoints must be register, login, list"),
        (lambda d: d["arrivals"].update(due=3374), "3375 requests are more than the 3374"),
        (lambda d: d["arrivals"].pop("dropped"), r"arrivals\.dropped: Field required"),
        (one_fewer, "the window holds 2249 of the 2250 requests due within it"),
        (lambda d: d["settings"].update(rate_rps=376), "holds 2250 of the 2256 requests due"),
        (lambda d: d["answers"]["task"].update(requests=1), "answers hold 3237 of the load's 3375"),
        (lambda d: d["halves"]["2"]["errors"].update(count=1),
         "1125 requests are not 1125 right answers and 1 errors"),
        (lambda d: d["phases"]["measure"]["generator_lag"].update(count=2249),
         "2249 lags are not of 2250 requests"),
        (lambda d: d["phases"]["measure"]["service_time"].update(count=2249),
         "2249 service times are not of 2250 right answers"),
        (lambda d: d["generator_lag"].update(min=-0.5), "generator_lag.min"),
        (lambda d: d.update(scenario_start_epoch_ms=None), "scenario_start_epoch_ms"),
        (lambda d: d.update(timeline=[]), "timeline: Extra inputs"),
    ],
)  # fmt: skip
def test_another_shape_is_refused_in_one_line(
    change: Callable[[dict[str, Any]], object], said: str
) -> None:
    with pytest.raises(K6Error, match=said) as caught:
        parse_summary(changed(change))
    assert "\n" not in str(caught.value)


def test_one_more_may_be_dropped_than_was_due() -> None:
    """At 521/s for 11 s k6 had 5732 arrivals: held up as the load ended, it had one after it."""

    def one_more(document: dict[str, Any]) -> None:
        document["arrivals"]["due"] -= over(document) + 1

    def over(document: dict[str, Any]) -> int:
        sent = sum(phase["requests"]["count"] for phase in document["phases"].values())
        return int(document["arrivals"]["due"] - sent - document["arrivals"]["dropped"])

    assert parse_summary(changed(one_more, "overloaded")).window.dropped_iterations == 1779


def test_a_load_that_was_broken_off_is_refused() -> None:
    """Its window has not all requests that were due, and neither was one dropped nor all late."""

    def broken_off(document: dict[str, Any]) -> None:
        document["arrivals"]["dropped"] = 0
        document["generator_lag"]["max"] = 9.0

    with pytest.raises(K6Error, match="the window holds 2421 of the 3500 requests"):
        parse_summary(changed(broken_off, "overloaded"))
