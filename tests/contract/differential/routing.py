"""Paths next to the routes, and methods of no route."""

from collections.abc import Iterator

from hypothesis import strategies as st

from levelbench.verify.contract import Request
from levelbench.verify.contract.request import SIGNED_IN
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

COUNT = 80

PATHS = (
    REGISTER,
    LOGIN,
    ORDERS,
    f"{ORDERS}/1",
    f"{ORDERS}/1/invoice",
    f"{TASKS}/{UNKNOWN_TASK}",
    HEALTHZ,
    READYZ,
)
# TRACE is the last of RFC 9110's that is sent to a route; CONNECT is not.
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "TRACE")
PIECES = (
    "/", "//", "/.", "/..", "/./", "/../", "%2F", "%2f", "%5C", ";", ";a=b", ":", "*", "~", "!",
    "$", "'", "(", ",", "@", "%20", "+", "%00", "%09", "%0A", "%0D", "%0D%0A", "%FF", "%C3%A9",
    "%E2%80%8B", "%25", "%252F", "%2E", "%2E%2E", "%3F", "%23", "%", "%zz", ".json", "/v1", "/api",
    "index.html", "{id}", "<id>", "[]", "|", "^", "`", '"', "\\", "x",
)  # fmt: skip


@st.composite
def neighbouring(draw: st.DrawFn) -> str:
    """A route with one piece more, one character in another case, encoded, or missing."""
    path = draw(st.sampled_from(PATHS))
    place = draw(st.integers(1, len(path)))
    change = draw(
        st.sampled_from(["insert", "insert", "insert", "case", "encode", "remove", "repeat"])
    )
    before, char, after = path[: place - 1], path[place - 1], path[place:]
    match change:
        case "insert":
            return path[:place] + draw(st.sampled_from(PIECES)) + after
        case "case":
            return before + char.swapcase() + after
        case "encode":
            return before + f"%{ord(char):02X}" + after
        case "remove":
            return before + after or "/"
        case _:
            return path + path


def requests(seed: int) -> Iterator[Request]:
    def call(method: str, path: str) -> Request:
        return Request("routing", method, path, authorization=SIGNED_IN)

    paths = neighbouring().filter(lambda path: path.startswith("/"))
    yield from draw(st.builds(call, st.sampled_from(["GET", "POST", "DELETE"]), paths), COUNT, seed)
    for path in PATHS:
        for method in METHODS:
            # Register and login are tried with bodies elsewhere.
            if (method, path) not in (("POST", REGISTER), ("POST", LOGIN)):
                yield call(method, path)
