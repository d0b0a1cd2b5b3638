"""Responses that differ between contestants, and requests that all answered wrongly."""

from typing import Any

from levelbench.verify.contract import FIXED, Request, Subject, differences, failures, replay
from levelbench.verify.contract.answers import Answer
from tests.unit.verify.contract.fake import Fake, serve

STREAM = [
    Request("numbers", "GET", "/api/v1/orders?page=%2B1"),
    Request("other", "GET", "/healthz"),
]


def error(status: int, code: str, *fields: str) -> Answer:
    body = {"error": {"code": code, "message": "free text", "fields": list(fields)}}
    return {"status": status, "type": "application/json", "body": body}


def success(body: Any) -> Answer:
    return {"status": 200, "type": "application/json", "body": body}


def test_equal_answers_are_no_difference() -> None:
    given = [error(422, "validation_error", "page"), success({"status": "ok"})]
    assert differences(STREAM, {"django": given, "flask": given}) == []


def test_who_answers_alike_stands_together() -> None:
    right, wrong = error(422, "validation_error", "page"), error(404, "not_found")
    healthy = success({"status": "ok"})
    given = {"django": [right, healthy], "flask": [wrong, healthy], "starlette": [right, healthy]}
    (found,) = differences(STREAM, given)
    assert str(found) == (
        "request 1 (numbers): GET /api/v1/orders?page=%2B1\n"
        "  django, starlette: 422 validation_error, fields ['page']\n"
        "  flask: 404 not_found, fields []"
    )


def test_no_two_need_to_agree() -> None:
    given = {
        name: [error(status, "x"), success({})]
        for name, status in zip("abc", (400, 404, 422), strict=True)
    }
    (found,) = differences(STREAM, given)
    assert list(found.answers) == [("a",), ("b",), ("c",)]


def test_the_place_of_a_difference_is_named_where_status_and_code_are_the_same() -> None:
    rows = [{"id": 1, "status": "paid"}, {"id": 2, "status": "paid"}]
    other = [rows[0], {"id": 2, "status": "shipped"}]
    given = {
        "one": [success({"results": rows}), success({})],
        "other": [success({"results": other}), success({})],
    }
    (found,) = differences(STREAM, given)
    assert found.answers == {
        ("one",): '200, body/results/1/status = "paid"',
        ("other",): '200, body/results/1/status = "shipped"',
    }


def test_one_is_neither_true_nor_a_float() -> None:
    for other in (True, 1.0, "1"):
        given = {"a": [success({"id": 1}), success({})], "b": [success({"id": other}), success({})]}
        assert len(differences(STREAM, given)) == 1


def test_a_key_too_many_or_a_row_too_few_differs() -> None:
    for body in ({"rows": [1, 2], "more": None}, {"rows": [1]}, {}, [1, 2], None):
        given = {
            "a": [success({"rows": [1, 2]}), success({})],
            "b": [success(body), success({})],
        }
        assert len(differences(STREAM, given)) == 1


def test_a_header_that_the_contract_names_differs() -> None:
    plain = error(401, "unauthorized")
    given = {
        "a": [{**plain, "challenge": "Bearer"}, success({})],
        "b": [{**plain, "challenge": None}, success({})],
    }
    (found,) = differences(STREAM, given)
    assert found.answers[("b",)] == "401 unauthorized, fields [], challenge = null"


def test_one_contestant_differs_from_nobody() -> None:
    assert differences(STREAM, {}) == []
    assert differences(STREAM, {"a": [success(1), success(2)]}) == []


def test_a_wrong_response_is_reported_even_if_all_agree() -> None:
    given = [error(500, "internal_error"), {"status": None, "timed_out": True}]
    assert failures(STREAM, {"a": given, "b": given}) == [
        "a: GET /api/v1/orders?page=%2B1: 500 internal_error, fields []",
        "a: GET /healthz: no answer in time",
        "b: GET /api/v1/orders?page=%2B1: 500 internal_error, fields []",
        "b: GET /healthz: no answer in time",
    ]
    html = {"status": 404, "type": "text/html", "body": "no JSON in UTF-8: b'<h1>'"}
    assert failures(STREAM[:1], {"a": [html]}) == [
        "a: GET /api/v1/orders?page=%2B1: 404 no JSON in UTF-8: b'<h1>' as text/html"
    ]


def test_a_fake_that_breaks_a_promise_differs_from_one_that_keeps_it() -> None:
    class AnotherStatus(Fake):
        def __init__(self) -> None:
            super().__init__()
            self.orders[5]["status"] = "shipped"

    given = {}
    for name, fake in (("one", Fake()), ("other", AnotherStatus())):
        with serve(fake) as endpoint, Subject(endpoint) as subject:
            given[name] = replay(subject, FIXED)
    found = differences(FIXED, given)
    assert {difference.request.target for difference in found} == {
        "/api/v1/orders",
        "/api/v1/orders?page=1",
        "/api/v1/orders?page=01",
    }
    assert found[0].answers[("other",)] == '200, body/results/5/status = "shipped"'
    assert failures(FIXED, given) == []
