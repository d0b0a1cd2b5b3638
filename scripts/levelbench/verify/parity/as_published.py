"""What an exhibit's list does, held against what it declares: that much work, and no more."""

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
"""The first, and the last that the load asks for (k6/lib/journey.js)."""
ELSEWHERE = (
    ("POST", REGISTER),
    ("POST", LOGIN),
    ("GET", f"{ORDERS}/1"),
    ("POST", f"{ORDERS}/1/invoice"),
)
"""The contract's other endpoints."""
AS_PUBLISHED = "of the list as published"
_ORDER_BY = re.compile(r"\bORDER\s+BY\b", re.I)


def exhibit_of(ground: Ground) -> Exhibit:
    """Raises ValueError for a contestant."""
    if ground.spec.exhibit is None:
        raise ValueError(f"{ground.running.contestant.name} is no exhibit")
    return ground.spec.exhibit


def answers(ground: Ground) -> None:
    """What an answer has, whether it asks for a token, and that nothing but the list is there."""
    exhibit = exhibit_of(ground)
    asked = ground.subject.call("GET", ORDERS).status == 401
    ground.hold("behaviour", f"{AS_PUBLISHED}: a token", _asked(exhibit.token), _asked(asked))
    token = ground.subject.token if exhibit.token else None
    for page in PAGES:
        reply = ground.subject.call("GET", f"{ORDERS}?page={page}", token=token)
        ground.hold("behaviour", f"{AS_PUBLISHED}: page {page}",
                    content_of(exhibit), content(reply))  # fmt: skip
    found = {ground.subject.call(method, target).status for method, target in ELSEWHERE}
    ground.hold("behaviour", f"{AS_PUBLISHED}: the other endpoints", "404",
                " and ".join(map(str, sorted(found))))  # fmt: skip


def content_of(exhibit: Exhibit) -> str:
    """What an answer has by declaration, in the words of `content`."""
    return _shown(user=exhibit.user, items=exhibit.items, total=exhibit.total)


def content(reply: Reply) -> str:
    """What an answer has. Raises MismatchError for one that is no page of orders."""
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
    """Whether every order has it, or none; None where some have."""
    found = {bool(order.get(key)) and bool(holds(order[key])) for order in orders}
    return found.pop() if len(found) == 1 else None


def _shown(*, user: bool | None, items: bool | None, total: bool) -> str:
    words = {True: "with", False: "without", None: "in part with"}
    counted = "counted" if total else "not counted"
    return f"orders {words[user]} user, {words[items]} items, {counted}"


def _asked(token: bool) -> str:
    return "asked for" if token else "not asked for"


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
        ground.hold("statements and rows", f"{AS_PUBLISHED}: page {page}",
                    declared(exhibit), observed(run, requests))  # fmt: skip


def declared(exhibit: Exhibit) -> str:
    """The statements of a request by declaration, in the words of `observed`."""
    return _counts(Counter(exhibit.statements), ordered=exhibit.ordered)


def observed(run: Sequence[Statement], requests: int) -> str:
    """The statements that so many requests ran, for each of them."""
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
    """A statement without an order of its items within an order, which is the models' own."""
    return re.sub(r"\bORDER\s+BY\s+\"?order_items\"?\.\"?id\"?", "", query, flags=re.I)


def _counts(labels: Mapping[str, float], *, ordered: bool) -> str:
    parts = ", ".join(f"{calls:g} {label}" for label, calls in sorted(labels.items()))
    total = sum(labels.values())
    return f"{total:g} a request ({parts or 'none'}), {'ordered' if ordered else 'not ordered'}"
