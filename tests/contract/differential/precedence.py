"""Sizes around the limit on every route, and several things wrong at once."""

import json
from collections.abc import Iterator
from dataclasses import replace

from hypothesis import strategies as st

from levelbench.verify.contract import Request
from levelbench.verify.contract.request import SIGNED_IN, Authorization, Header, Signed
from levelbench.verify.contract.subject import (
    HEALTHZ,
    LOGIN,
    ORDERS,
    READYZ,
    REGISTER,
    TASKS,
    UNKNOWN_TASK,
)
from tests.contract.differential.drawing import draw

COUNT = 90

SENT = (65_535, 65_536, 65_537)  # bytes; 65,536 is the last that is allowed
ANNOUNCED = (65_537, 2**31, 2**63)  # bytes that never come
WHOLE = json.dumps({"username": "size_user", "password": "correct horse 1"}).encode("ascii")

WITH_BODY = (("POST", REGISTER), ("POST", LOGIN))
WITHOUT_BODY = (
    ("GET", ORDERS),
    ("GET", f"{ORDERS}?page=0"),
    ("GET", f"{ORDERS}?page=501"),
    ("GET", f"{ORDERS}/1"),
    ("GET", f"{ORDERS}/999999"),
    ("POST", f"{ORDERS}/1/invoice"),
    ("POST", f"{ORDERS}/999999/invoice"),
    ("GET", f"{TASKS}/{UNKNOWN_TASK}"),
    ("GET", HEALTHZ),
    ("GET", READYZ),
    ("GET", "/nope"),
    ("POST", "/nope"),
    ("DELETE", ORDERS),
    ("GET", LOGIN),
)
BODIES = (b"", b"{", b"{}", b"[]", b'{"username": "x", "password": "y"}', b"\xff", WHOLE)
AUTHORIZATIONS: tuple[Authorization | None, ...] = (
    SIGNED_IN,
    None,
    Header("Bearer nonsense"),
    Header("Basic eDp4"),
    Signed(b'{"sub": "<user>", "exp": 1}'),
)


def sizes() -> Iterator[Request]:
    for method, target in (*WITH_BODY, *WITHOUT_BODY):
        authorization = None if (method, target) in WITH_BODY else SIGNED_IN
        request = Request("sizes", method, target, authorization=authorization)
        for size in SENT:
            yield replace(request, body=WHOLE.ljust(size))
        for size in ANNOUNCED:
            yield replace(request, announced=size)


@st.composite
def mixed(draw: st.DrawFn) -> Request:
    """A call, a token, a body and a size, each valid or invalid: the contract defines which error
    is returned."""
    method, target = draw(st.sampled_from((*WITH_BODY, *WITHOUT_BODY)))
    bodies = BODIES if (method, target) in WITH_BODY else (None, None, b"{", WHOLE)
    return Request(
        "precedence",
        method,
        target,
        draw(st.sampled_from(bodies)),
        draw(st.sampled_from(AUTHORIZATIONS)),
        announced=draw(st.sampled_from([None, None, 65_537, 10**12])),
    )


def requests(seed: int) -> Iterator[Request]:
    yield from sizes()
    yield from draw(mixed(), COUNT, seed)
