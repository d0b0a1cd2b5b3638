"""Parity checks for exhibits: the list does exactly the work that service.toml declares."""

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from levelbench.lab import statements
from levelbench.lab.database import OWNER
from levelbench.lab.statements import Statement, Tally
from levelbench.model.exhibit import Exhibit
from levelbench.verify.contract.reply import Reply
from levelbench.verify.contract.subject import LOGIN, ORDERS, REGISTER
from levelbench.verify.contract.violation import MismatchError
from levelbench.verify.parity.ground import Ground
from levelbench.verify.parity.statements import open_pool

PAGES = (1, 20)
"""The first page and the last page that the load requests (k6/lib/journey.js)."""
OTHER_ENDPOINTS = (
    ("POST", REGISTER),
    ("POST", LOGIN),
    ("GET", f"{ORDERS}/1"),
    ("POST", f"{ORDERS}/1/invoice"),
)
AS_PUBLISHED = "list as published"
_ORDER_BY = re.compile(r"\bORDER\s+BY\b", re.I)


def exhibit_of(ground: Ground) -> Exhibit:
    """The declaration of an exhibit. Raises ValueError for a contestant."""
    if ground.spec.exhibit is None:
        raise ValueError(f"{ground.running.contestant.name} is not an exhibit")
    return ground.spec.exhibit


def answers(ground: Ground) -> None:
    """Content of a page, whether a token is required, and no other endpoint."""
    exhibit = exhibit_of(ground)
    required = ground.subject.call("GET", ORDERS).status == 401
    ground.record("behaviour", f"{AS_PUBLISHED}: token", _token(exhibit.token), _token(required))
    token = ground.subject.token if exhibit.token else None
    for page in PAGES:
        reply = ground.subject.call("GET", f"{ORDERS}?page={page}", token=token)
        ground.record("behaviour", f"{AS_PUBLISHED}: page {page}",
                    content_of(exhibit), content(reply))  # fmt: skip
    found = {ground.subject.call(method, target).status for method, target in OTHER_ENDPOINTS}
    ground.record("behaviour", f"{AS_PUBLISHED}: other endpoints", "404",
                " and ".join(map(str, sorted(found))))  # fmt: skip


def content_of(exhibit: Exhibit) -> str:
    """Declared content of a page, in the format of `content`."""
    return _shown(user=exhibit.user, items=exhibit.items, total=exhibit.total)


def content(reply: Reply) -> str:
    """Content of a page. Raises MismatchError if the response is not a page of orders."""
    body = reply.json() if reply.status == 200 else None
    orders = body.get("results") if isinstance(body, dict) else None
    if not isinstance(body, dict) or not isinstance(orders, list) or not orders:
        raise MismatchError("200 and an object with orders in `results`", str(reply))
    return _shown(
        user=_in_all(orders, "user", lambda user: bool(user["username"])),
        items=_in_all(orders, "items", lambda items: all(item["sku"] for item in items)),
        total="total" in body,
    )


def _in_all(
    orders: Sequence[Mapping[str, Any]], key: str, holds: Callable[[Any], bool]
) -> bool | None:
    """True if all orders have the key, False if none has, None if some have."""
    found = {bool(order.get(key)) and bool(holds(order[key])) for order in orders}
    return found.pop() if len(found) == 1 else None


def _shown(*, user: bool | None, items: bool | None, total: bool) -> str:
    words = {True: "with", False: "without", None: "partly with"}
    counted = "counted" if total else "not counted"
    return f"orders {words[user]} user, {words[items]} items, {counted}"


def _token(required: bool) -> str:
    return "required" if required else "not required"


def statements_run(ground: Ground) -> None:
    """Count the statements of requests for the list."""
    exhibit = exhibit_of(ground)
    token = ground.subject.token if exhibit.token else None
    lab, name, requests = ground.running.lab, ground.running.database, ground.requests

    def get(page: int) -> Callable[[int], Reply]:
        target = f"{ORDERS}?page={page}"
        return lambda _: ground.subject.call("GET", target, token=token)

    open_pool(ground, get(PAGES[0]))
    for page in PAGES:
        statements.reset(lab.database, name)
        ground.each(get(page), requests)
        run = statements.read(lab.database, name, OWNER)
        per_request = Tally.of(run, requests).data_calls / requests
        ground.statements_per_request = {"list": per_request}
        ground.record("statements and rows", f"{AS_PUBLISHED}: page {page}",
                    declared(exhibit), observed(run, requests))  # fmt: skip


def declared(exhibit: Exhibit) -> str:
    """Declared statements per request, in the format of `observed`."""
    return _counts(Counter(exhibit.statements), ordered=exhibit.ordered)


def observed(run: Sequence[Statement], requests: int) -> str:
    """Statements per request, from the statements of several requests."""
    data = [one for one in run if not one.is_transaction and not one.is_housekeeping]
    tally = Tally.of(data, requests)
    return _counts(
        {label: tally.per_request(calls) for label, calls in tally.data.items()},
        ordered=any(
            one.label == "SELECT orders" and _ORDER_BY.search(_outside_items(one.query))
            for one in data
        ),
    )


def _outside_items(query: str) -> str:
    """A statement without the ORDER BY that the models add for the items of an order."""
    return re.sub(r"\bORDER\s+BY\s+\"?order_items\"?\.\"?id\"?", "", query, flags=re.I)


def _counts(labels: Mapping[str, float], *, ordered: bool) -> str:
    parts = ", ".join(f"{calls:g} {label}" for label, calls in sorted(labels.items()))
    total = sum(labels.values())
    return f"{total:g} per request ({parts or 'none'}), {'ordered' if ordered else 'not ordered'}"
