"""A guest's journey in place of the contract's: requests, checks, and a file that is malformed."""

import json
import shutil
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion

from levelbench.contestants.discovery import SERVICES
from tests.unit.k6.conftest import K6

JOURNEY = (SERVICES / "url-shortener" / "journey.js").read_text(encoding="utf-8")
REQUEST = "request: () => ({ path: '/' })"
CHECKS = "checks: { ok: () => true }"


@pytest.fixture(scope="module")
def guest(tmp_path_factory: pytest.TempPathFactory) -> K6:
    """k6's scripts with the journey of the example."""
    return with_journey(JOURNEY, tmp_path_factory.mktemp("guest"))


def with_journey(text: str, folder: Path) -> K6:
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not installed")
    k6 = K6(node, folder)
    (folder / "lab" / "guest" / "journey.js").write_text(text, encoding="utf-8")
    return k6


def test_requests_are_dealt_by_their_weights(guest: K6) -> None:
    found = guest.script("""
        const { createJourney, ENDPOINTS } = await import('./lab/lib/subject.js');
        const [one, again, other] = [7, 7, 8].map((seed) => createJourney({ seed }));
        const first = (journey) => Array.from({ length: 200 }, (_, n) => journey(n));
        console.log(JSON.stringify([ENDPOINTS, first(one), first(again), first(other)]));
    """)
    names, one, again, other = found
    assert names == ["follow", "create", "stats"]
    assert one == again != other
    assert Counter(request["endpoint"] for request in one) == {
        "follow": 170, "create": 20, "stats": 10,
    }  # fmt: skip
    assert len({request["path"] for request in one if request["endpoint"] == "follow"}) > 150
    created = next(request for request in one if request["endpoint"] == "create")
    assert (created["method"], created["path"]) == ("POST", "/links")
    assert json.loads(created["body"])["url"].startswith("https://example.com/new/")


@pytest.mark.parametrize(
    ("answer", "failed"),
    [
        ("{ status: 307, headers: { Location: 'https://example.com/1' } }", None),
        ("{ status: 307, headers: {} }", "location"),  # the check throws
        ("{ status: 404, headers: {} }", "redirects"),
        ("{ status: 0 }", "no_answer"),
    ],
)
def test_the_first_check_that_fails_names_the_error(
    guest: K6, answer: str, failed: str | None
) -> None:
    assert failed == guest.script(f"""
        const {{ createCheck }} = await import('./lab/lib/subject.js');
        const failedCheck = createCheck();
        console.log(JSON.stringify(failedCheck({{ endpoint: 'follow' }}, {answer})));
    """)


def test_a_load_needs_neither_users_nor_weights_of_the_contract(guest: K6) -> None:
    unset: dict[str, Any] = {"USERS": "", "WEIGHTS": "null", "ORDERS": "0"}
    done = guest.user("closed", [(0, 50, 404)] * 40, **unset)
    assert {request.split(" ")[0] for _, request in done.asked} == {"GET", "POST"}
    assert set(done.by("endpoint", "requests")) == {"follow", "create", "stats"}
    assert set(done.by("check", "failed_checks")) == {"redirects", "created", "ok"}
    assert "requests{phase:measure,endpoint:follow}" in done.options["thresholds"]


def test_the_summary_has_requests_in_place_of_endpoints(guest: K6) -> None:
    found = guest.script("""
        globalThis.__ENV = { BASE_URL: 'http://service:8000', SEED: '1', WARMUP_S: '1',
          MEASURE_S: '2', TRIAL: 'b1' };
        const { handleSummary } = await import('./lab/workloads/closed.js');
        const { stdout } = handleSummary({ metrics: {} });
        console.log(stdout);
    """)
    assert set(found["requests"]) == {"follow", "create", "stats"}
    assert (found["endpoints"], found["answers"], found["settings"]["weights"]) == ({}, {}, {})


MALFORMED = {
    "no export": "const requests = {};",
    "another export": "export default { a: {} };",
    "no request": "export const requests = {};",
    "a list": f"export const requests = [{{ weight: 1, {REQUEST}, {CHECKS} }}];",
    "no object": "export const requests = { a: 1 };",
    "weight as text": f"export const requests = {{ a: {{ weight: '5', {REQUEST}, {CHECKS} }} }};",
    "no weight": f"export const requests = {{ a: {{ {REQUEST}, {CHECKS} }} }};",
    "part of a weight": f"export const requests = {{ a: {{ weight: 0.5, {REQUEST}, {CHECKS} }} }};",
    "no function": f"export const requests = {{ a: {{ weight: 1, request: '/', {CHECKS} }} }};",
    "no checks": f"export const requests = {{ a: {{ weight: 1, {REQUEST} }} }};",
    "a name with a space": f"export const requests = {{ 'a b': {{ weight: 1, {REQUEST} }} }};",
    "a check with a space": (
        f"export const requests = {{ a: {{ weight: 1, {REQUEST}, "
        "checks: { 'is ok': () => 1 } } };"
    ),
}


@pytest.mark.parametrize("what", MALFORMED)
def test_a_malformed_journey_is_an_error(
    what: str, tmp_path: Path, snapshot: SnapshotAssertion
) -> None:
    k6 = with_journey(MALFORMED[what], tmp_path)
    message = k6.script("""
        const message = await import('./lab/lib/subject.js').catch((error) => error.message);
        console.log(JSON.stringify(message));
    """)
    assert message == snapshot


def test_without_a_guest_the_journey_is_the_contracts(k6: K6) -> None:
    assert k6.script("""
        const { ENDPOINTS, IS_GUEST } = await import('./lab/lib/subject.js');
        console.log(JSON.stringify([ENDPOINTS.length, IS_GUEST]));
    """) == [5, False]
