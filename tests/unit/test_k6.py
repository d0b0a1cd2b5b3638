"""The summaries are recorded output of k6 1.8.1 against the fastapi contestant:

closed-fastapi.json          16 VUs, 5 s + 30 s, no errors
closed-overload.json         100 VUs, 5 s + 10 s, 5 s without PostgreSQL: 17% of the answers are 503
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
NODE = shutil.which("node")


def recorded(name: str) -> str:
    return (DATA / f"closed-{name}.json").read_text(encoding="utf-8")


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
    assert parse_summary(recorded("fastapi")).window.latency == LatencyFigures(
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
        latency=LatencyFigures(
            count=249,
            mean_ms=82.76516005220884,
            p50_ms=79.950258,
            p90_ms=115.64919440000001,
            max_ms=171.854393,
        ),
    )


def test_times_and_rows() -> None:
    summary = parse_summary(recorded("fastapi"))

    assert (summary.start_epoch_ms, summary.end_epoch_ms) == (1795383923079, 1795383953079)
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
        requests=0, errors=0, throughput_rps=0, latency=LatencyFigures(count=0)
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


# --- the time of a virtual user ---------------------------------------------------------------

STUBS = {
    "index": "export const sleep = (s) => lab.pass(s * 1000);",
    "execution": "export default { scenario: lab.scenario };",
    "http": """export default {
      expectedStatuses: (status) => status,
      request: () => {
        lab.pass(lab.answer.duration);
        if (lab.answer.status === 0) throw new Error('connection refused');
        return { ...lab.answer, headers: {}, body: '{}', timings: lab.answer };
      },
    };""",
    "metrics": """class Metric {
      constructor(name) { this.name = name; }
      add(value, tags) { lab.samples.push([this.name, value, tags || {}]); }
    }
    export { Metric as Counter, Metric as Gauge, Metric as Trend };""",
}


def virtual_user(folder: Path, answers: list[tuple[int, int, int]]) -> list[list[Any]]:
    """The samples of one virtual user that runs closed.js on a made-up clock, 1 s + 2 s.

    An answer is: milliseconds of k6's own before the request, its duration, its status.
    """
    if NODE is None:
        pytest.skip("node is not installed")
    shutil.copytree(ROOT / "k6", folder / "lab")
    (folder / "package.json").write_text('{"type": "module"}')
    package = folder / "node_modules" / "k6"
    package.mkdir(parents=True)
    exports = {"." if name == "index" else f"./{name}": f"./{name}.js" for name in STUBS}
    (package / "package.json").write_text(json.dumps({"type": "module", "exports": exports}))
    for name, source in STUBS.items():
        (package / f"{name}.js").write_text(source)
    env = {
        "BASE_URL": "http://service:8000", "SEED": "1", "VUS": "1", "ORDERS": "10000",
        "WARMUP_S": "1", "MEASURE_S": "2", "TRIAL": "b1n1a1",
        "WEIGHTS": json.dumps(load_config().load.weights),
        "USERS": json.dumps([{"username": "u", "password": "p", "token": "t"}]),
    }  # fmt: skip
    (folder / "run.js").write_text(f"""
        const start_ms = 1_000_000;
        let now_ms = start_ms;
        Date.now = () => now_ms;
        console.info = console.warn = () => {{}};
        globalThis.__ENV = {json.dumps(env)};
        globalThis.lab = {{
          samples: [],
          pass: (ms) => {{ now_ms += ms; }},
          scenario: {{ startTime: start_ms, iterationInTest: 0 }},
        }};
        const {{ default: iterate }} = await import('./lab/workloads/closed.js');
        for (const [own_ms, duration, status] of {json.dumps(answers)}) {{
          lab.pass(own_ms);
          lab.answer = {{ duration, status }};
          iterate();
          lab.scenario.iterationInTest += 1;
        }}
        console.log(JSON.stringify(lab.samples));
    """)
    done = subprocess.run([NODE, folder / "run.js"], capture_output=True, text=True, check=True)
    samples: list[list[Any]] = json.loads(done.stdout)
    return samples


def test_time_of_a_virtual_user_runs_from_answer_to_answer(tmp_path: Path) -> None:
    samples = virtual_user(
        tmp_path,
        [
            (5, 595, 503),  # answered at 600 ms: the first, before which there is none
            (5, 195, 503),  # at 800
            (5, 595, 503),  # at 1400: begun in the warm-up, whole in the window
            (20, 0, 0),  # at 1420: refused; then 100 ms of sleep, which are not busy
            (10, 470, 503),  # at 2000
            (5, 1495, 503),  # at 3500: begun in the window, none of it in the window
        ],
    )

    def spent(metric: str) -> dict[str, list[int]]:
        phases: dict[str, list[int]] = {}
        for name, value, tags in samples:
            if name == metric:
                phases.setdefault(tags["phase"], []).append(value)
        return phases

    assert spent("vu_ms") == {"warmup": [200], "measure": [600, 20, 580], "cooldown": [1500]}
    assert spent("busy_ms") == {"warmup": [195], "measure": [595, 0, 470], "cooldown": [1495]}
    assert [tags for name, _, tags in samples if name == "vu_ms"] == [
        tags for name, _, tags in samples if name == "busy_ms"
    ]


# --- the journey ------------------------------------------------------------------------------

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
