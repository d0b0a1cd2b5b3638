"""Parsing of closed loads: all endpoints mixed, and each endpoint alone."""

import json
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion

from levelbench.lab import turns
from levelbench.load.parser import parse_summary
from levelbench.load.summary import Answers, Bounds, FailedCheck
from levelbench.model.measurement import EndpointWindow, LatencySummary, Window
from levelbench.model.vocabulary import ENDPOINTS
from tests import DATA
from tests.unit.load.recorded import Change, changed, recorded, refusal, refusals

# --- all endpoints mixed ----------------------------------------------------------------------


def test_closed_window_is_exact() -> None:
    window = parse_summary(recorded("closed-fastapi")).window

    assert (window.seconds, window.requests, window.errors) == (30, 12629, 0)
    assert window.throughput_rps == 12629 / 30  # and not k6's rate over the whole run, 360.4
    assert window.halves == (6519 / 15, 6110 / 15)
    assert window.vus_busy_share == pytest.approx(477054.6625080025 / 479977, rel=1e-12)


def test_latency_is_exact_and_not_swapped() -> None:
    assert parse_summary(recorded("closed-fastapi")).window.latency == LatencySummary(
        count=12629,
        mean_ms=37.774539750415904,
        p50_ms=33.171924,
        p90_ms=61.432834,
        p95_ms=69.64003399999993,
        p99_ms=98.48303599999988,
        p999_ms=None,  # k6 says 139.7, from fewer than 13 observations above it
        max_ms=175.883096,
    )


def test_endpoints_of_a_mix_are_exact() -> None:
    endpoints = parse_summary(recorded("closed-fastapi")).endpoints

    assert tuple(endpoints) == ENDPOINTS
    assert sum(endpoint.requests for endpoint in endpoints.values()) == 12629
    assert endpoints["list"].latency.p99_ms == 78.13820350000005  # 5,766 observations are enough
    assert endpoints["register"] == EndpointWindow(
        requests=249,
        errors=0,
        throughput_rps=249 / 30,
        latency=LatencySummary(
            count=249,
            mean_ms=82.76516005220884,
            p50_ms=79.950258,
            p90_ms=115.64919440000001,
            max_ms=171.854393,
        ),
    )


def test_closed_times_and_rows() -> None:
    summary = parse_summary(recorded("closed-fastapi"))

    assert summary.bounds == (Bounds(start_epoch_ms=1795383923079, end_epoch_ms=1795383953079),)
    assert summary.endpoint_bounds == {}
    # What the database held afterwards: 295 users and 615 tasks more.
    assert (summary.registrations_201, summary.invoices_202) == (295, 615)
    assert summary.failed_checks == ()


def test_errors_count_as_answers_but_not_in_latency() -> None:
    summary = parse_summary(recorded("closed-overload"))

    assert (summary.window.requests, summary.window.errors) == (1160, 199)
    assert summary.window.throughput_rps == 116
    assert summary.window.latency.count == 1160 - 199
    assert FailedCheck(endpoint="list", check="status_503", count=89) in summary.failed_checks


def test_busy_share_is_of_the_same_time_as_the_answers() -> None:
    """Waits that began before the window and ended in it are 1.2% more than 100 VUs x 10 s."""
    measure = json.loads(recorded("closed-overload"))["phases"]["measure"]
    assert measure["busy_ms"]["count"] > 100 * 10_000

    share = parse_summary(recorded("closed-overload")).window.vus_busy_share
    assert share == pytest.approx(1012047.068753 / 1012564, rel=1e-12)


def test_busy_share_of_no_time_is_none() -> None:
    def no_vu_had_two_answers(document: dict[str, Any]) -> None:
        measure = document["phases"]["measure"]
        measure["busy_ms"]["count"] = measure["vu_ms"]["count"] = 0

    assert (
        parse_summary(changed("closed-fastapi", no_vu_had_two_answers)).window.vus_busy_share
        is None
    )


def test_endpoint_without_requests_has_no_latency() -> None:
    endpoints = parse_summary(recorded("closed-empty-endpoints")).endpoints

    assert endpoints["login"] == EndpointWindow(
        requests=0, errors=0, throughput_rps=0, latency=LatencySummary(count=0)
    )
    assert endpoints["login"].latency.p99_ms is None  # where k6 says 0
    assert endpoints["detail"].requests == 885


@pytest.mark.parametrize(
    ("count", "defined"),
    [
        (39, set()),
        (40, {"p50_ms"}),
        (199, {"p50_ms"}),
        (200, {"p50_ms", "p90_ms"}),
        (400, {"p50_ms", "p90_ms", "p95_ms"}),
        (1999, {"p50_ms", "p90_ms", "p95_ms"}),
        (2000, {"p50_ms", "p90_ms", "p95_ms", "p99_ms"}),
        (20_000, {"p50_ms", "p90_ms", "p95_ms", "p99_ms", "p999_ms"}),
    ],
)
def test_percentile_needs_20_observations_above_it(count: int, defined: set[str]) -> None:
    def observe(document: dict[str, Any]) -> None:
        """Have `count` answers to list, all else nothing, so that the parts still add up."""
        nothing = document["endpoints"]["task"]
        for metric in nothing.values():
            metric["count"] = 0
        some = document["endpoints"]["list"]
        some["requests"]["count"] = some["latency"]["count"] = count
        document["endpoints"] = {**dict.fromkeys(ENDPOINTS, nothing), "list": some}
        document["phases"]["measure"] = some
        document["halves"] = {"1": nothing, "2": some}

    latency = parse_summary(changed("closed-fastapi", observe)).endpoints["list"].latency
    figures = latency.model_dump(include={"p50_ms", "p90_ms", "p95_ms", "p99_ms", "p999_ms"})
    assert {name for name, value in figures.items() if value is not None} == defined


# --- slices, in turn with another contestant ----------------------------------------------------


def test_slices_have_the_times_that_the_gate_gave() -> None:
    summary = parse_summary(recorded("closed-turns"))

    assert summary.bounds == (
        Bounds(start_epoch_ms=1795956417419, end_epoch_ms=1795956419919),
        Bounds(start_epoch_ms=1795956429985, end_epoch_ms=1795956432485),
    )
    log = (DATA / "k6" / "closed-turns.log").read_text(encoding="utf-8")
    assert tuple(turns.slices(log, 0)) == summary.bounds


def test_slices_together_are_one_window() -> None:
    window = parse_summary(recorded("closed-turns")).window

    assert (window.seconds, window.requests, window.errors) == (5, 904, 0)
    assert (window.slices, window.disturbances) == (2, None)
    assert window.halves == (145.6, 216.0)
    assert window.vus_busy_share == pytest.approx(0.9972716905649769, rel=1e-12)


# --- each endpoint alone ----------------------------------------------------------------------


def test_each_endpoint_alone_is_exact() -> None:
    endpoints = parse_summary(recorded("endpoints-fastapi")).endpoints

    assert tuple(endpoints) == ENDPOINTS
    assert {name: window.requests for name, window in endpoints.items()} == {
        "register": 226, "login": 211, "list": 853, "detail": 2107, "task": 1468,
    }  # fmt: skip
    assert endpoints["list"] == EndpointWindow(
        requests=853,
        errors=0,
        throughput_rps=853 / 5,
        latency=LatencySummary(
            count=853,
            mean_ms=572.0509591055098,
            p50_ms=548.951383,
            p90_ms=878.5803206000002,
            p95_ms=1225.3943606,
            p99_ms=None,  # k6 says 1369.2, from fewer than 9 observations above it
            max_ms=2302.698187,
        ),
        seconds=5,
        halves=(464 / 2.5, 389 / 2.5),
        vus_busy_share=487959.4681169999 / 489068,
        disturbances=0,
    )
    assert endpoints["detail"].latency.p99_ms == 578.7162545000004


def test_all_endpoints_together_have_no_rate_and_no_latency() -> None:
    window = parse_summary(recorded("endpoints-fastapi")).window
    share = window.vus_busy_share

    assert window == Window(
        seconds=25,
        requests=226 + 211 + 853 + 2107 + 1468,
        errors=0,
        throughput_rps=None,
        latency=LatencySummary(count=4865),
        vus_busy_share=share,
    )
    assert share == pytest.approx(2484903.813441991 / 2487495, rel=1e-12)


def test_each_endpoint_has_its_own_times() -> None:
    summary = parse_summary(recorded("endpoints-fastapi"))

    assert summary.bounds == ()
    # 3 s of warm-up, 5 s of window; pauses of 4, 4, 1 and 1 s.
    starts_s = {"register": 3, "login": 15, "list": 27, "detail": 36, "task": 45}
    assert summary.endpoint_bounds == {
        endpoint: Bounds(
            start_epoch_ms=1795391231574 + 1000 * start_s,
            end_epoch_ms=1795391231574 + 1000 * start_s + 5000,
        )
        for endpoint, start_s in starts_s.items()
    }


def test_rows_and_answers_are_of_all_phases() -> None:
    summary = parse_summary(recorded("endpoints-fastapi"))

    assert (summary.registrations_201, summary.invoices_202) == (448, 2165)
    assert summary.answers["list"] == Answers(requests=1642, errors=0)


def test_answers_that_reach_into_another_window_are_counted() -> None:
    endpoints = parse_summary(recorded("endpoints-overlap")).endpoints

    assert endpoints["login"].requests == 0
    assert {name: window.disturbances for name, window in endpoints.items()} == {
        "register": 0, "login": 25, "list": 0, "detail": 0, "task": 0,
    }  # fmt: skip
    assert endpoints["login"].vus_busy_share is None
    assert endpoints["login"].latency == LatencySummary(count=0)


# --- errors -----------------------------------------------------------------------------------


def rename_p99(document: dict[str, Any]) -> None:
    latency = document["phases"]["measure"]["latency"]
    latency["p(98)"] = latency.pop("p(99)")


CLOSED: dict[str, Change] = {
    "a percentile is missing": rename_p99,
    "a later format": lambda d: d.update(format=2),
    "an endpoint is missing": lambda d: d["endpoints"].pop("task"),
    "a metric is null": lambda d: d["phases"]["measure"].update(latency=None),
    "no start": lambda d: d.update(scenario_start_epoch_ms=None),
    "an error too many": lambda d: d["endpoints"]["list"]["errors"].update(count=1),
    "a second is missing": lambda d: d["timeline"].pop(),
    "a negative latency": lambda d: d["phases"]["measure"]["latency"].update(avg=-1),
    "another window": lambda d: d["settings"].update(measure_s=29),
}
TURNS: dict[str, Change] = {
    "a slice is missing": lambda d: d["turns"]["slices"].pop(),
    "a slice was never taken": lambda d: d["turns"]["slices"][1].update(start_epoch_ms=None),
    "users had other times": lambda d: d["turns"]["slices"][0].update(start_epoch_ms=1),
    "a second is missing": lambda d: d["timeline"].pop(),
}
ENDPOINTS_ALONE: dict[str, Change] = {
    "an endpoint is missing": lambda d: d["endpoints"].pop("task"),
    "a window is missing": lambda d: d["endpoints"]["list"].pop("window"),
    "halves are not the whole": lambda d: d["endpoints"]["list"]["halves"].update({"1": 1}),
    "a window ends early": lambda d: d["endpoints"]["list"]["window"].update(end_epoch_ms=1),
    "another pause": lambda d: d["settings"]["pause_s"].update(login=2),
    "no pause": lambda d: d["settings"].pop("pause_s"),
    "a request too few": lambda d: d["phases"]["measure"]["requests"].update(count=4864),
    "a second is missing": lambda d: d["timeline"].pop(),
    "another workload": lambda d: d.update(workload="other"),
    "a key too many": lambda d: d.update(window={}),
}


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("closed-fastapi", CLOSED),
        ("closed-turns", TURNS),
        ("endpoints-fastapi", ENDPOINTS_ALONE),
    ],
)
def test_malformed_documents_are_errors(
    name: str, changes: dict[str, Change], snapshot: SnapshotAssertion
) -> None:
    assert refusals(name, changes) == snapshot


def test_text_that_is_no_document_is_an_error(snapshot: SnapshotAssertion) -> None:
    whole = recorded("closed-fastapi").strip()
    texts = ["\n", *(whole[:length] for length in (1, 200, 2000, -2))]
    texts += ["[]", "null", '"text"', "{}", "12"]
    assert [refusal(text) for text in texts] == snapshot
