"""Recorded output of k6 (tests/data/k6/README.md):

endpoints-fastapi.json   3 s + 5 s an endpoint; the database held 448 users and 2,165 tasks more
endpoints-overlap.json   starlette, 0 s + 2 s, on a busy machine: hashes outlast the pause
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
START_MS = 1795391231574


def recorded(name: str) -> str:
    return (RECORDED / f"endpoints-{name}.json").read_text(encoding="utf-8")


def changed(change: Callable[[dict[str, Any]], object]) -> str:
    document = json.loads(recorded("fastapi"))
    change(document)
    return json.dumps(document)


def test_each_endpoint_is_exact() -> None:
    endpoints = parse_summary(recorded("fastapi")).endpoints

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
    window = parse_summary(recorded("fastapi")).window
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
    summary = parse_summary(recorded("fastapi"))

    assert summary.bounds == ()
    # 3 s of warm-up, 5 s of window; pauses of 4, 4, 1 and 1 s.
    starts_s = {"register": 3, "login": 15, "list": 27, "detail": 36, "task": 45}
    assert summary.endpoint_bounds == {
        endpoint: Bounds(
            start_epoch_ms=START_MS + 1000 * start_s,
            end_epoch_ms=START_MS + 1000 * start_s + 5000,
        )
        for endpoint, start_s in starts_s.items()
    }


def test_rows_and_answers_are_of_all_phases() -> None:
    summary = parse_summary(recorded("fastapi"))

    assert (summary.registrations_201, summary.invoices_202) == (448, 2165)
    assert summary.answers["list"] == Answers(requests=1642, errors=0)
    assert len(summary.timeline_rps) == 50
    assert summary.timeline_rps[10:12] == (8, 0)  # in the pause the last hashes are finished


def test_answers_that_reach_into_another_window_are_counted() -> None:
    endpoints = parse_summary(recorded("overlap")).endpoints

    assert endpoints["login"].requests == 0
    assert {name: window.disturbances for name, window in endpoints.items()} == {
        "register": 0, "login": 25, "list": 0, "detail": 0, "task": 0,
    }  # fmt: skip
    assert endpoints["login"].vus_busy_share is None
    assert endpoints["login"].latency == LatencySummary(count=0)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda d: d["endpoints"].pop("task"), "endpoints must be register, login, list"),
        (
            lambda d: d["endpoints"]["list"].pop("window"),
            r"endpoints\.list\.window: Field required",
        ),
        (lambda d: d["endpoints"]["list"]["halves"].update({"1": 1}), "hold 390 of 853 requests"),
        (lambda d: d["endpoints"]["list"]["window"].update(end_epoch_ms=1), "list's window is not"),
        (lambda d: d["settings"]["pause_s"].update(login=2), "list's window is not"),
        (lambda d: d["settings"].pop("pause_s"), r"settings\.pause_s: Field required"),
        (lambda d: d["phases"]["measure"]["requests"].update(count=4864), "are not 4865 right"),
        (lambda d: d["timeline"].pop(), "timeline has 49 of 50 seconds"),
        (lambda d: d.update(workload="other"), "workload"),
        (lambda d: d.update(window={}), "window: Extra inputs"),
    ],
)
def test_another_shape_is_refused_in_one_line(
    change: Callable[[dict[str, Any]], object], said: str
) -> None:
    with pytest.raises(K6Error, match=said) as caught:
        parse_summary(changed(change))
    assert "\n" not in str(caught.value)
