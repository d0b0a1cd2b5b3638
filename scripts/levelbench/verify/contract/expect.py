"""Assertions on responses: exact keys, types and codes."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from itertools import pairwise
from typing import Any

from levelbench.verify.contract.reply import Reply
from levelbench.verify.contract.violation import MismatchError

PAGE_SIZE = 20
MAX_BODY_BYTES = 65_536
"""Of a request (services/CONTRACT.md)."""


@dataclass(frozen=True)
class Kind:
    """A type of JSON value: its name in messages, and its test."""

    name: str
    holds: Callable[[Any], bool]


def _matches(pattern: str) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, str) and re.fullmatch(pattern, value) is not None


def _is_time(value: Any) -> bool:
    if not _matches(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z")(value):
        return False
    try:
        datetime.fromisoformat(value)
    except ValueError:
        return False
    return True


INTEGER = Kind("an integer", lambda value: type(value) is int)
TEXT = Kind("a non-empty string", lambda value: isinstance(value, str) and value != "")
MONEY = Kind('a string with two decimals ("10.50")', _matches(r"-?(0|[1-9][0-9]*)\.[0-9]{2}"))
TIME = Kind('UTC in whole seconds with Z ("2026-01-02T03:04:05Z")', _is_time)
UUID = Kind("a UUID", _matches(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"))
OBJECT = Kind("an object", lambda value: isinstance(value, dict))
ARRAY = Kind("an array", lambda value: isinstance(value, list))
ANYTHING = Kind("anything", lambda value: True)

ORDER = {
    "id": INTEGER,
    "status": TEXT,
    "total": MONEY,
    "created_at": TIME,
    "user": OBJECT,
    "items": ARRAY,
}
USER = {"id": INTEGER, "username": TEXT}
ITEM = {"id": INTEGER, "sku": TEXT, "quantity": INTEGER, "unit_price": MONEY}
PAGE = {
    "results": ARRAY,
    "page": INTEGER,
    "page_size": INTEGER,
    "total": INTEGER,
    "pages": INTEGER,
}


def require(holds: bool, expected: str, reply: Reply) -> None:
    """Raise MismatchError with the response unless the requirement `holds`."""
    if not holds:
        raise MismatchError(expected, str(reply))


def status(reply: Reply, *allowed: int) -> None:
    require(reply.status in allowed, "status " + " or ".join(map(str, allowed)), reply)


def body(reply: Reply, code: int, expected: Any) -> None:
    """Require status `code` and exactly this body."""
    require(reply.status == code and _equal(reply.json(), expected), f"{code} {expected}", reply)


def _equal(a: Any, b: Any) -> bool:
    """Compare JSON values; 1, 1.0 and true differ."""
    if type(a) is not type(b):
        return False
    if isinstance(a, dict):
        return a.keys() == b.keys() and all(_equal(a[key], b[key]) for key in a)
    if isinstance(a, list):
        return len(a) == len(b) and all(map(_equal, a, b))
    return bool(a == b)


def error(reply: Reply, code: int, name: str, fields: Iterable[str] = ()) -> None:
    """Require exactly the contract's error: status, code, fields, message; challenge of a 401."""
    wanted = list(fields)
    expected = f"{code} {name}, fields {wanted}"
    require(reply.status == code, expected, reply)
    value = reply.json()
    shaped = isinstance(value, dict) and value.keys() == {"error"} and OBJECT.holds(value["error"])
    require(shaped, expected + ' as {"error": {"code", "message", "fields"}}', reply)
    detail = value["error"]
    exact = detail.keys() == {"code", "message", "fields"} and isinstance(detail["message"], str)
    require(exact, expected + " with exactly the keys code, message (a string) and fields", reply)
    require(detail["code"] == name and detail["fields"] == wanted, expected, reply)
    if code == 401:
        challenge = reply.headers.get("WWW-Authenticate")
        if challenge != "Bearer":
            raise MismatchError(
                expected + " with WWW-Authenticate: Bearer",
                f"WWW-Authenticate: {challenge} in {reply}",
            )


def shape(value: Any, kinds: Mapping[str, Kind], where: str, reply: Reply) -> dict[str, Any]:
    """Require an object with exactly these keys, each with a value of its type."""
    if not isinstance(value, dict) or value.keys() != kinds.keys():
        seen = sorted(value) if isinstance(value, dict) else repr(value)
        raise MismatchError(f"{where} to have exactly {sorted(kinds)}", f"{seen} in {reply}")
    for key, kind in kinds.items():
        if not kind.holds(value[key]):
            raise MismatchError(f"{where}.{key} to be {kind.name}", f"{value[key]!r} in {reply}")
    return value


def order(value: Any, where: str, reply: Reply) -> dict[str, Any]:
    """Require an Order whose items are sorted by id and add up to its total."""
    found = shape(value, ORDER, where, reply)
    shape(found["user"], USER, f"{where}.user", reply)
    items = [shape(item, ITEM, f"{where}.items[]", reply) for item in found["items"]]
    ids = [item["id"] for item in items]
    require(ids == sorted(set(ids)), f"{where}.items sorted by id", reply)
    total = sum((Decimal(item["unit_price"]) * item["quantity"] for item in items), Decimal(0))
    expected = f"{where}.items that add up to the total (sum {total}, total {found['total']})"
    require(Decimal(found["total"]) == total, expected, reply)
    return found


def page(reply: Reply, number: int) -> dict[str, Any]:
    """Require page `number` of the list: rows, counts and order (newest first, ties by id)."""
    status(reply, 200)
    found = shape(reply.json(), PAGE, "the page", reply)
    total, pages = found["total"], found["pages"]
    require(found["page"] == number, f"page {number}", reply)
    require(found["page_size"] == PAGE_SIZE, f"page_size {PAGE_SIZE}", reply)
    require(pages == -(-total // PAGE_SIZE), f"pages = total / {PAGE_SIZE}, rounded up", reply)
    rows = min(PAGE_SIZE, total - PAGE_SIZE * (number - 1))
    seen_rows = len(found["results"])
    require(seen_rows == rows, f"{rows} results on page {number} (seen {seen_rows})", reply)
    for index, value in enumerate(found["results"]):
        order(value, f"results[{index}]", reply)
    newest_first(found["results"], reply)
    return found


def newest_first(orders: list[dict[str, Any]], reply: Reply) -> None:
    """Require strictly descending (created_at, id). Times in this format compare as text."""
    keys = [(order["created_at"], order["id"]) for order in orders]
    for above, below in pairwise(keys):
        if above <= below:
            raise MismatchError(
                "orders newest first, ties by id descending", f"{above} before {below}"
            )


def within(reply: Reply, limit_s: float) -> None:
    """Require a response within a time limit."""
    if reply.elapsed_s > limit_s:
        raise MismatchError(
            f"an answer within {limit_s:g} s", f"{reply.elapsed_s:.2f} s for {reply}"
        )
