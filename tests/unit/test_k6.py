"""The summaries are recorded output of k6 1.8.1 against the fastapi contestant:

closed-fastapi.json          16 VUs, 5 s + 30 s, no errors
closed-overload.json         100 VUs on a starved machine, 5 s + 10 s: three answers in ten are 503
closed-empty-endpoints.json  10 VUs, 1 s + 3 s, weights for list and detail alone
"""

import json
import re
import shutil
import subprocess
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from scipy.stats import chisquare

from levelbench.config import ROOT, load_config
from levelbench.errors import LabError
from levelbench.k6 import FailedCheck, K6Error, parse_summary
from levelbench.records import EndpointWindow, LatencyFigures
from levelbench.words import ENDPOINTS

DATA = Path(__file__).parents[1] / "data" / "k6"


def recorded(name: str) -> str:
    return (DATA / f"closed-{name}.json").read_text(encoding="utf-8")


def changed(change: Callable[[dict[str, Any]], object]) -> str:
    document = json.loads(recorded("fastapi"))
    change(document)
    return json.dumps(document)


# --- figures ----------------------------------------------------------------------------------


def test_window_is_exact() -> None:
    window = parse_summary(recorded("fastapi")).window

    assert (window.seconds, window.requests, window.errors) == (30, 4669, 0)
    assert window.throughput_rps == 4669 / 30  # and not k6's rate over the whole run, 133.3
    assert window.halves == (2198 / 15, 2471 / 15)
    assert window.vus_busy_share == pytest.approx(477136.58480500017 / (16 * 30_000), rel=1e-12)


def test_latency_is_exact_and_not_swapped() -> None:
    assert parse_summary(recorded("fastapi")).window.latency == LatencyFigures(
        count=4669,
        mean_ms=102.19245765795677,
        p50_ms=84.2036,
        p90_ms=187.59908,
        p95_ms=234.66931959999988,
        p99_ms=338.5210911199994,
        p999_ms=None,  # k6 says 570.5, from fewer than 5 observations above it
        max_ms=620.838364,
    )


def test_endpoints_are_exact() -> None:
    endpoints = parse_summary(recorded("fastapi")).endpoints

    assert tuple(endpoints) == ENDPOINTS
    assert sum(endpoint.requests for endpoint in endpoints.values()) == 4669
    assert endpoints["list"].latency.p99_ms == 340.7925299999997  # 2,174 observations are enough
    assert endpoints["register"] == EndpointWindow(
        requests=85,
        errors=0,
        throughput_rps=85 / 30,
        latency=LatencyFigures(
            count=85, mean_ms=176.57090118823524, p50_ms=156.089362, max_ms=394.270652
        ),
    )


def test_times_and_rows() -> None:
    summary = parse_summary(recorded("fastapi"))

    assert (summary.start_epoch_ms, summary.end_epoch_ms) == (1795380367625, 1795380397625)
    # What the database held afterwards: 100 users and 230 tasks more.
    assert (summary.registrations_201, summary.invoices_202) == (100, 230)
    assert summary.failed_checks == ()


def test_timeline_holds_every_answer_of_warm_up_and_window() -> None:
    summary = parse_summary(recorded("fastapi"))

    assert len(summary.timeline_rps) == 5 + 30
    assert sum(summary.timeline_rps[: summary.warmup_s]) == 507
    assert sum(summary.timeline_rps[summary.warmup_s :]) == summary.window.requests


def test_errors_count_as_answers_but_not_in_latency() -> None:
    summary = parse_summary(recorded("overload"))

    assert (summary.window.requests, summary.window.errors) == (775, 236)
    assert summary.window.throughput_rps == 77.5
    assert summary.window.latency.count == 775 - 236
    assert FailedCheck(endpoint="list", check="status_503", count=144) in summary.failed_checks


def test_endpoint_without_requests_has_no_latency() -> None:
    endpoints = parse_summary(recorded("empty-endpoints")).endpoints

    assert endpoints["login"] == EndpointWindow(
        requests=0, errors=0, throughput_rps=0, latency=LatencyFigures(count=0)
    )
    assert endpoints["login"].latency.p99_ms is None  # where k6 says 0
    assert endpoints["detail"].requests == 225


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
        (lambda d: d["endpoints"]["list"]["errors"].update(count=1), "are not 2174 right answers"),
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


# --- the journey ------------------------------------------------------------------------------

NODE = shutil.which("node")
ITERATIONS = 60_000
ORDERS = 10_000
USERS = 100


Walk = Callable[[int, list[int]], list[Any]]


@pytest.fixture(scope="module")
def walk(tmp_path_factory: pytest.TempPathFactory) -> Walk:
    """Steps of the journey by seed and iterations, from the module that k6 runs."""
    if NODE is None:
        pytest.skip("node is not installed")
    folder = tmp_path_factory.mktemp("journey")
    shutil.copy(ROOT / "k6" / "lib" / "journey.js", folder / "journey.mjs")
    users = [{"username": f"u{n}", "password": "p", "token": f"t{n}"} for n in range(USERS)]
    (folder / "walk.mjs").write_text(f"""
        import {{ createJourney, PAGES }} from './journey.mjs';
        let text = '';
        for await (const chunk of process.stdin) text += chunk;
        const {{ seed, iterations }} = JSON.parse(text);
        const step = createJourney({{
          seed, weights: {json.dumps(load_config().load.weights)}, pages: PAGES, orders: {ORDERS},
          users: {json.dumps(users)}, trial: 'b1n2a1',
        }});
        console.log(JSON.stringify(iterations.map(step)));
    """)

    def run(seed: int, iterations: list[int]) -> list[Any]:
        asked = json.dumps({"seed": seed, "iterations": iterations})
        done = subprocess.run(
            [NODE, folder / "walk.mjs"], input=asked, capture_output=True, text=True, check=True
        )
        steps: list[Any] = json.loads(done.stdout)
        return steps

    return run


@pytest.fixture(scope="module")
def steps(walk: Walk) -> list[Any]:
    return walk(42, list(range(ITERATIONS)))


def plausible(observed: list[float], shares: list[float]) -> bool:
    """Whether counts fit their expected shares, one false alarm in 10,000."""
    total = sum(observed)
    expected = [share * total / sum(shares) for share in shares]
    return bool(chisquare(observed, expected).pvalue > 1e-4)


def test_step_depends_on_seed_and_n_alone(walk: Walk, steps: list[Any]) -> None:
    some = [59_999, 7, 0, 31_415]
    assert walk(42, some) == [steps[n] for n in some]
    assert walk(43, list(range(100))) != steps[:100]


def test_journey_does_not_change_unnoticed(steps: list[Any]) -> None:
    """Runs made before and after a change here asked for different things."""
    assert [f"{step['method']} {step['path']}" for step in steps[:6]] == [
        "GET /api/v1/orders/9156",
        "GET /api/v1/orders/9679",
        "GET /api/v1/orders?page=5",
        "POST /api/v1/auth/login",
        "GET /api/v1/orders/5732",
        "GET /api/v1/orders?page=1",
    ]


def test_endpoints_follow_their_weights(steps: list[Any]) -> None:
    seen = Counter(step["endpoint"] for step in steps)
    weights = load_config().load.weights
    assert plausible([seen[name] for name in ENDPOINTS], [weights[name] for name in ENDPOINTS])


def test_pages_are_front_weighted(steps: list[Any]) -> None:
    seen = Counter(step["page"] for step in steps if step["endpoint"] == "list")
    assert plausible([seen[page] for page in range(1, 21)], [50.0] + [40 / 4] * 4 + [10 / 15] * 15)
    assert set(seen) == set(range(1, 21))


def test_orders_and_users_are_uniform(steps: list[Any]) -> None:
    details = [step for step in steps if step["endpoint"] == "detail"]
    assert {step["order"] for step in details} <= set(range(1, ORDERS + 1))
    tenths = Counter((step["order"] - 1) * 10 // ORDERS for step in details)
    assert plausible([tenths[tenth] for tenth in range(10)], [1.0] * 10)
    tokens = Counter(step["token"] for step in details)
    assert plausible([tokens[f"t{n}"] for n in range(USERS)], [1.0] * USERS)


def test_draws_of_an_iteration_are_independent(steps: list[Any]) -> None:
    details = [step for step in steps if step["endpoint"] == "detail"]
    cells = Counter((int(step["token"][1:]) // 20, step["order"] % 5) for step in details)
    assert plausible([cells[user, order] for user in range(5) for order in range(5)], [1.0] * 25)


def test_next_seed_is_another_journey(walk: Walk, steps: list[Any]) -> None:
    """Blocks take consecutive seeds: their journeys agree as often as chance has it."""
    other = walk(43, list(range(10_000)))
    for shift in (0, 1):
        same = sum(a["path"] == b["path"] for a, b in zip(steps[shift:], other, strict=False))
        # Both list (46%) and the same page: 0.46^2 x (0.5^2 + 4 x 0.1^2 + 15 x 0.0067^2) = 6.1%,
        # and logins, 0.04%.
        assert 0.055 < same / len(other) < 0.070


def test_registered_names_are_valid_and_never_the_same(steps: list[Any]) -> None:
    names = [step["username"] for step in steps if step["endpoint"] == "register"]
    assert len(names) == len(set(names)) > 1000
    assert all(re.fullmatch(r"[a-z0-9_]{3,32}", name) for name in names)
