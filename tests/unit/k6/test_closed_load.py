"""Closed loads: requests and samples of one virtual user, on a simulated clock."""

from levelbench.load import timing
from levelbench.model import workloads
from levelbench.model.config import load_config
from levelbench.model.vocabulary import ENDPOINTS
from tests.unit.k6.conftest import K6

# 1 s + 2 s an endpoint, and a pause after each: register 4 s, login 4 s, list 1 s, detail 1 s.
STARTS_MS = {"register": 0, "login": 7_000, "list": 14_000, "detail": 18_000, "task": 22_000}


def test_time_of_a_virtual_user_runs_from_answer_to_answer(k6: K6) -> None:
    done = k6.user(
        "closed",
        [
            (5, 595, 503),  # answered at 600 ms: the first, before which there is none
            (5, 195, 503),  # at 800
            (5, 595, 503),  # at 1400: begun in the warm-up, whole in the window
            (20, 0, 0),  # at 1420: refused; then 100 ms of sleep, which are not busy
            (10, 470, 503),  # at 2000
            (5, 1495, 503),  # at 3500: begun in the window, none of it in the window
        ],
    )
    assert done.by("phase", "vu_ms") == {
        "warmup": [200], "measure": [600, 20, 580], "cooldown": [1500],
    }  # fmt: skip
    assert done.by("phase", "busy_ms") == {
        "warmup": [195], "measure": [595, 0, 470], "cooldown": [1495],
    }  # fmt: skip
    assert [tags for _, tags in done.of("vu_ms")] == [tags for _, tags in done.of("busy_ms")]


def test_a_mix_is_one_slot_of_all_endpoints(k6: K6) -> None:
    done = k6.user("closed", [(0, 50, 200)] * 50)
    assert done.options["scenarios"]["closed"]["duration"] == "3s"
    assert len(done.by("endpoint", "requests")) > 1
    assert done.of("disturbances") == []


def test_endpoints_are_asked_one_after_the_other_with_pauses(k6: K6) -> None:
    done = k6.user("endpoints", [(0, 500, 200)] * 30)
    begun: dict[str, list[int]] = {}
    for moment_ms, request in done.asked:
        endpoint = next(e for e in ENDPOINTS if _asks(request, e))
        begun.setdefault(endpoint, []).append(moment_ms)
    assert {endpoint: moments[0] for endpoint, moments in begun.items()} == STARTS_MS
    assert all(
        STARTS_MS[endpoint] <= moment < STARTS_MS[endpoint] + 3_000
        for endpoint, moments in begun.items()
        for moment in moments
    )
    assert {e: len(m) for e, m in begun.items()} == dict.fromkeys(ENDPOINTS, 6)


def _asks(request: str, endpoint: str) -> bool:
    method, _, path = request.partition(" http://service:8000/api/v1/")
    return {
        "register": path == "auth/register",
        "login": path == "auth/login",
        "list": path.startswith("orders?page="),
        "detail": method == "GET" and path.startswith("orders/"),
        "task": path.endswith("/invoice"),
    }[endpoint]


def test_each_endpoint_has_a_window_of_its_own(k6: K6) -> None:
    done = k6.user("endpoints", [(0, 500, 200)] * 30)
    counted = [(tags["endpoint"], tags["phase"]) for _, tags in done.of("requests")]
    # 500 ms each: one answer at 500 ms in the warm-up, at 1000 to 2500 in the window, at 3000 not.
    once = ["warmup", "measure", "measure", "measure", "measure", "cooldown"]
    assert counted == [(endpoint, phase) for endpoint in ENDPOINTS for phase in once]
    halves = [tags["half"] for _, tags in done.of("requests") if tags["phase"] == "measure"]
    assert halves == ["1", "1", "2", "2"] * 5


def test_a_pause_is_no_time_of_the_virtual_user(k6: K6) -> None:
    done = k6.user("endpoints", [(0, 500, 200)] * 30)
    assert {value for value, _ in done.of("vu_ms")} == {500}
    assert len(done.of("vu_ms")) == 29  # all but the first answer of all


def test_an_answer_within_another_endpoints_window_counts_in_neither(k6: K6) -> None:
    done = k6.user(
        "endpoints",
        [
            (0, 2_900, 201),  # a registration, within its own window
            (0, 4_500, 201),  # begun at 2900, answered at 7400: in the warm-up of login
            (0, 600, 200),  # begun at 7400: a login, answered at 8000, in its window
            (0, 1_999, 200),  # at 9999, within
            (0, 5_001, 200),  # begun at 9999, answered at 15000: as list's window begins
            (0, 100, 200),
        ],
    )
    counted = [(tags["endpoint"], tags["phase"]) for _, tags in done.of("requests")]
    assert counted == [
        ("register", "measure"), ("register", "cooldown"),
        ("login", "measure"), ("login", "measure"), ("login", "cooldown"),
        ("list", "measure"),
    ]  # fmt: skip
    assert done.of("disturbances") == [(1, {"endpoint": "list"})]


def test_the_load_is_as_long_as_the_lab_expects(k6: K6) -> None:
    config = load_config()
    planned = timing.of_workload(workloads.of("endpoints"), config.profile("quick"), config)
    done = k6.user("endpoints", [(0, 100, 200)], planned.warmup_s, planned.measure_s)
    assert done.options["scenarios"]["endpoints"]["duration"] == f"{planned.load_s}s"
