"""What an exhibit does, in the words in which it is declared."""

import json
from typing import Any

import httpx
import pytest

from levelbench.contestants.discovery import discover
from levelbench.lab.statements import Statement
from levelbench.model.exhibit import Exhibit
from levelbench.verify.contract.reply import Reply
from levelbench.verify.contract.violation import MismatchError
from levelbench.verify.parity.as_published import content, content_of, declared, observed
from tests.unit.factories.published import exhibit
from tests.unit.verify.parity.recorded import recorded

NAMES = ["django", "fastapi", "flask", "starlette"]
REQUESTS = 24


def published(name: str) -> Exhibit:
    found = discover()[f"{name}-as-published"].spec.exhibit
    assert found is not None
    return found


def ran(name: str) -> list[Statement]:
    """What PostgreSQL counted for 24 requests of an exhibit's list."""
    found = json.loads(recorded("as-published.json"))[name]
    return [Statement(**one) for one in found]


def reply(body: Any, status: int = 200) -> Reply:
    return Reply("GET /api/v1/orders", status, httpx.Headers(), json.dumps(body).encode(), 0.01)


ORDER = {"id": 1, "user": {"id": 1, "username": "a"}, "items": [{"sku": "x"}]}
BARE = {"id": 2, "user_id": 1}


@pytest.mark.parametrize("name", NAMES)
def test_what_each_exhibit_ran_is_what_it_declares(name: str) -> None:
    assert observed(ran(name), REQUESTS) == declared(published(name))


def test_the_words_are_of_one_request() -> None:
    assert declared(published("flask")) == (
        "3 per request (1 COUNT orders, 2 SELECT orders), not ordered"
    )


@pytest.mark.parametrize(
    "more",
    [
        Statement("SELECT users.id FROM users WHERE users.id = $1", REQUESTS, REQUESTS),
        Statement("SELECT count(*) FROM orders", REQUESTS, REQUESTS),
        Statement("SELECT pg_sleep($1)", REQUESTS, REQUESTS),
        Statement("SELECT a FROM order_items WHERE order_id = $1", 20 * REQUESTS, 60 * REQUESTS),
        Statement("SELECT orders.id FROM orders LIMIT $1", 1, 20),
    ],
)
@pytest.mark.parametrize("name", NAMES)
def test_other_work_is_seen(name: str, more: Statement) -> None:
    assert observed([*ran(name), more], REQUESTS) != declared(published(name))


@pytest.mark.parametrize("name", NAMES)
def test_work_that_is_left_out_is_seen(name: str) -> None:
    data = [one for one in ran(name) if not one.is_transaction]
    for i in range(len(data)):
        assert observed(data[:i] + data[i + 1 :], REQUESTS) != declared(published(name))


def test_an_order_is_seen() -> None:
    run = [Statement("SELECT a FROM orders ORDER BY orders.created_at DESC LIMIT $1", 24, 480)]
    assert observed(run, 24) == declared(exhibit("a", ordered=True))
    assert observed(run, 24) != declared(exhibit("a"))


def test_the_items_order_within_an_order_is_none_of_the_orders() -> None:
    query = "SELECT a FROM (SELECT orders.id FROM orders LIMIT $1) AS b ORDER BY order_items.id"
    assert observed([Statement(query, 24, 480)], 24) == declared(exhibit("a"))


def test_the_content_of_a_page_is_that_of_its_orders() -> None:
    assert content(reply({"results": [ORDER, ORDER], "total": 2})) == content_of(
        exhibit("a", user=True, items=True, total=True)
    )
    assert content(reply({"results": [BARE, BARE]})) == content_of(exhibit("a"))


def test_orders_that_have_something_in_part_are_neither() -> None:
    said = content(reply({"results": [ORDER, BARE]}))
    assert said == "orders partly with user, partly with items, not counted"


@pytest.mark.parametrize(
    ("body", "status"),
    [({"results": []}, 200), ([ORDER], 200), ({"results": [ORDER]}, 500), ({"error": 1}, 404)],
)
def test_what_is_no_page_of_orders_is_refused(body: Any, status: int) -> None:
    with pytest.raises(MismatchError):
        content(reply(body, status))
