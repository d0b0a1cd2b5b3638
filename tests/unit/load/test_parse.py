"""Recorded output of k6 (tests/data/k6/README.md):

closed-fastapi.json          16 VUs, 5 s + 30 s, no errors
closed-overload.json         100 VUs, 5 s + 10 s, 5 s without PostgreSQL: 17% of the answers are 503
closed-empty-endpoints.json  10 VUs, 1 s + 3 s, weights for list and detail alone
"""

import json
from collections.abc import Callable
from typing import Any

import pytest

from levelbench.errors import LabError
from levelbench.load.closed_document import Bounds, FailedCheck
from levelbench.load.parse import K6Error, parse_summary
from levelbench.model.measurement import EndpointWindow, LatencySummary
from levelbench.model.vocabulary import ENDPOINTS
from tests import DATA

RECORDED = DATA / "k6"


def recorded(name: str) -> str:
    return (RECORDED / f"closed-{name}.json").read_text(encoding="utf-8")


def changed(change: Callable[[dict[str, Any]], object]) -> str:
    document = json.loads(recorded("fastapi"))
    change(document)
    return json.dumps(document)


# --- figures ----------------------------------------------------------------------------------


def test_window_is_exact() -> None:
    window = parse_summary(recorded("fastapi")).window

    assert (window.seconds, window.requests, window.errors) == (30, 12629, 0)
    assert window.throughput_rps == 12629 / 30  # and not k6's rate over the whole run, 360.4
    assert window.halves == (6519 / 15, 6110 / 15)
    assert window.vus_busy_share == pytest.approx(477054.6625080025 / 479977, rel=1e-12)


def test_latency_is_exact_and_not_swapped() -> None:
    assert parse_summary(recorded("fastapi")).window.latency == LatencySummary(
        count=12629,
        mean_ms=37.774539750415904,
        p50_ms=33.171924,
        p90_ms=61.432834,
        p95_ms=69.64003399999993,
        p99_ms=98.48303599999988,
        p999_ms=None,  # k6 says 139.7, from fewer than 13 observations above it
        max_ms=175.883096,
    )


def test_endpoints_are_exact() -> None:
    endpoints = parse_summary(recorded("fastapi")).endpoints

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


def test_times_and_rows() -> None:
    summary = parse_summary(recorded("fastapi"))

    assert summary.bounds == (Bounds(start_epoch_ms=1795383923079, end_epoch_ms=1795383953079),)
    assert summary.endpoint_bounds == {}
    # What the database held afterwards: 295 users and 615 tasks more.
    assert (summary.registrations_201, summary.invoices_202) == (295, 615)
    assert summary.failed_checks == ()


def test_timeline_holds_every_answer_of_warm_up_and_window() -> None:
    summary = parse_summary(recorded("fastapi"))

    assert len(summary.timeline_rps) == 5 + 30
    assert sum(summary.timeline_rps[: summary.warmup_s]) == 2101
    assert sum(summary.timeline_rps[summary.warmup_s :]) == summary.window.requests


def test_errors_count_as_answers_but_not_in_latency() -> None:
    summary = parse_summary(recorded("overload"))

    assert (summary.window.requests, summary.window.errors) == (1160, 199)
    assert summary.window.throughput_rps == 116
    assert summary.window.latency.count == 1160 - 199
    assert FailedCheck(endpoint="list", check="status_503", count=89) in summary.failed_checks


def test_busy_share_is_of_the_same_time_as_the_answers() -> None:
    """Waits that began before the window and ended in it are 1.2% more than 100 VUs x 10 s."""
    measure = json.loads(recorded("overload"))["phases"]["measure"]
    assert measure["busy_ms"]["count"] > 100 * 10_000

    share = parse_summary(recorded("overload")).window.vus_busy_share
    assert share == pytest.approx(1012047.068753 / 1012564, rel=1e-12)


def test_busy_share_of_no_time_is_none() -> None:
    def no_vu_had_two_answers(document: dict[str, Any]) -> None:
        measure = document["phases"]["measure"]
        measure["busy_ms"]["count"] = measure["vu_ms"]["count"] = 0

    assert parse_summary(changed(no_vu_had_two_answers)).window.vus_busy_share is None


def test_endpoint_without_requests_has_no_latency() -> None:
    endpoints = parse_summary(recorded("empty-endpoints")).endpoints

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

    latency = parse_summary(changed(observe)).endpoints["list"].latency
    figures = latency.model_dump(include={"p50_ms", "p90_ms", "p95_ms", "p99_ms", "p999_ms"})
    assert {name for name, value in figures.items() if value is not None} == defined


# --- what is refused --------------------------------------------------------------------------


def test_empty_text_says_so() -> None:
    with pytest.raises(K6Error, match="k6 printed no summary"):
        parse_summary("\n")


@pytest.mark.parametrize("length", [1, 200, 2000, -2])
def test_truncated_text_is_refused_in_one_line(length: int) -> None:
    with pytest.raises(K6Error, match="is not whole JSON") as caught:
        parse_summary(recorded("fastapi").strip()[:length])
    assert "\n" not in str(caught.value)
    assert isinstance(caught.value, LabError)


def rename_p99(document: dict[str, Any]) -> None:
    latency = document["phases"]["measure"]["latency"]
    latency["p(98)"] = latency.pop("p(99)")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (rename_p99, r"phases\.measure\.latency\.p\(99\): Field required"),
        (lambda d: d.update(format=2), "format: Input should be 1"),
        (lambda d: d["endpoints"].pop("task"), "endpoints must be register, login, list"),
        (lambda d: d["phases"]["measure"].update(latency=None), r"phases\.measure\.latency"),
        (lambda d: d.update(scenario_start_epoch_ms=None), "scenario_start_epoch_ms"),
        (lambda d: d["endpoints"]["list"]["errors"].update(count=1), "are not 5766 right answers"),
        (lambda d: d["timeline"].pop(), "timeline has 34 of 35 seconds"),
        (lambda d: d["phases"]["measure"]["latency"].update(avg=-1), "latency.avg"),
    ],
)
def test_another_shape_is_refused_in_one_line(
    change: Callable[[dict[str, Any]], object], said: str
) -> None:
    with pytest.raises(K6Error, match=said) as caught:
        parse_summary(changed(change))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("text", ["[]", "null", '"text"', "{}", "12"])
def test_other_json_is_refused(text: str) -> None:
    with pytest.raises(K6Error, match="k6's summary"):
        parse_summary(text)
