"""The stream of the differential test: long, the same every time, within the contract."""

from collections import Counter

import pytest

from levelbench.verify.contract import FIXED, Request
from levelbench.verify.contract.request import SIGNED_IN, Header
from levelbench.verify.contract.subject import HEALTHZ, LOGIN, ORDERS, REGISTER, TASKS
from tests.contract.differential.outside import outside
from tests.contract.differential.stream import DEFAULT_SEED, GROUPS, stream


@pytest.fixture(scope="module")
def requests() -> tuple[Request, ...]:
    return stream(DEFAULT_SEED)


def test_more_than_half_is_generated_and_there_are_300_at_least(
    requests: tuple[Request, ...],
) -> None:
    assert len(requests) - len(FIXED) >= 300
    assert requests[: len(FIXED)] == FIXED


def test_every_group_is_there_and_no_other(requests: tuple[Request, ...]) -> None:
    counts = Counter(request.group for request in requests)
    assert set(counts) == set(GROUPS)
    assert min(counts.values()) >= 20


def test_it_is_the_same_every_time(requests: tuple[Request, ...]) -> None:
    again = stream.__wrapped__(DEFAULT_SEED)
    assert again == requests


def test_another_seed_gives_another(requests: tuple[Request, ...]) -> None:
    other = stream(DEFAULT_SEED + 1)
    assert len(set(other) - set(requests)) >= 200


def test_no_generated_request_comes_twice(requests: tuple[Request, ...]) -> None:
    generated = requests[len(FIXED) :]
    assert len(set(generated)) == len(generated)


def test_all_of_it_is_within_the_contract(requests: tuple[Request, ...]) -> None:
    assert [str(request) for request in requests[len(FIXED) :] if outside(request)] == []


def test_good_and_bad_requests_are_among_it(requests: tuple[Request, ...]) -> None:
    called = {(request.method, request.target) for request in requests}
    assert {("POST", REGISTER), ("POST", LOGIN), ("GET", ORDERS), ("GET", HEALTHZ)} <= called
    assert {request.method for request in requests} >= {"PUT", "PATCH", "DELETE", "TRACE"}


def _asked(method: str, target: str, **options: object) -> Request:
    return Request("test", method, target, **{"authorization": SIGNED_IN, **options})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("request_", "reason"),
    [
        (_asked("HEAD", ORDERS), "HEAD and OPTIONS"),
        (_asked("OPTIONS", ORDERS), "HEAD and OPTIONS"),
        (_asked("POST", LOGIN, headers=(("content-type", b"text/plain"),)), "another or no Con"),
        (_asked("POST", LOGIN, headers=(("Transfer-Encoding", b"chunked"),)), "chunked uploads"),
        (_asked("GET", ORDERS, headers=(("Host", b"x"),)), "a header that is sent twice"),
        (_asked("GET", f"{ORDERS}?page=1&page=2"), "a repeated page"),
        (_asked("POST", LOGIN, body=b"\xef\xbb\xbf{}"), "a byte-order mark"),
        (_asked("POST", LOGIN, body=b'{"x": NaN}'), "NaN in JSON"),
        (_asked("GET", "/" + "x" * 4000), "a request line beyond"),
        (_asked("GET", ORDERS, headers=(("X", b"x" * 8001),)), "a header beyond"),
        (_asked("GET", f"{ORDERS}%0A"), "a route's own path with a newline"),
        (_asked("POST", f"{ORDERS}/1/invoice%0A"), "a route's own path with a newline"),
        (_asked("DELETE", f"{ORDERS}/x"), "the order of the 404"),
        (_asked("POST", f"{TASKS}/%31"), "the order of the 404"),
        (_asked("GET", "/nope", authorization=None), "the order of 401"),
        (_asked("DELETE", ORDERS, authorization=Header("Bearer x")), "the order of 401"),
        (_asked("GET", f"{ORDERS}/x", authorization=None), "the order of 401"),
    ],
)
def test_what_the_contract_leaves_open_is_left_out(request_: Request, reason: str) -> None:
    assert (outside(request_) or "").startswith(reason)


@pytest.mark.parametrize(
    "request_",
    [
        _asked("GET", f"{ORDERS}/1%0A"),
        _asked("DELETE", f"{ORDERS}/1"),
        _asked("GET", f"{ORDERS}/x"),
        _asked("GET", "/nope"),
        _asked("GET", f"{ORDERS}/1", authorization=None),
        _asked("POST", f"{ORDERS}/01/invoice", authorization=Header("Bearer x")),
        _asked("GET", f"{TASKS}/<task>", authorization=None),
        _asked("POST", LOGIN, authorization=None, body=b"{"),
    ],
)
def test_what_the_contract_speaks_of_is_kept(request_: Request) -> None:
    assert outside(request_) is None
