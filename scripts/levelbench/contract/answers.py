"""The same requests to all contestants: their answers are compared with each other.

The cases hold an answer against the contract; this finds what the contract's words let through,
such as another value of the same kind.
"""

import json
from collections.abc import Mapping
from typing import Any

from levelbench.contract import expect
from levelbench.contract.endpoint import Endpoint
from levelbench.contract.reply import Reply
from levelbench.contract.subject import (
    HEALTHZ,
    LOGIN,
    ORDERS,
    READYZ,
    REGISTER,
    TASKS,
    UNKNOWN_TASK,
    Subject,
)
from levelbench.contract.violation import Violation, shorten

Answers = dict[str, Any]  # call -> {"status": ..., "body": ...}


def collect(endpoint: Endpoint) -> Answers:
    """Answers that depend on nothing but the dataset. Raises MismatchError where one is missing."""
    with Subject(endpoint) as subject:
        first = expect.page(subject.get(ORDERS), 1)
        last = first["pages"]
        pages = sorted({1, 2, 3, last // 2, 400, last, last + 1} - {0})
        ids = [order["id"] for order in first["results"]] + [1, 2, 3, first["total"], 0]
        replies = [subject.get(f"{ORDERS}?page={number}") for number in pages]
        replies += [subject.get(f"{ORDERS}/{id}") for id in ids]
        replies += [subject.get(target) for target in (HEALTHZ, READYZ, "/nope")]
        replies += [subject.get(f"{TASKS}/{UNKNOWN_TASK}"), subject.get(f"{ORDERS}?page=0")]
        replies += [subject.call("GET", ORDERS), subject.call("POST", ORDERS, token=subject.token)]
        for target in (REGISTER, LOGIN):
            replies += [subject.post(target, {}), subject.call("POST", target, body=b"{")]
        return dict(_answer(reply, index) for index, reply in enumerate(replies))


def differences(answers: Mapping[str, Answers]) -> list[Violation]:
    """Where contestants differ, each held against the first; `answers` is by contestant."""
    if not answers:
        return []
    (reference, expected), *others = answers.items()
    found = []
    for service, seen in others:
        for call in expected:
            place = _first_difference(expected[call], seen.get(call), "")
            if place is not None:
                where, wanted, got = place
                case = f"same-answers/{call}"
                found.append(
                    Violation(
                        service,
                        case,
                        f"{where.lstrip('.')} = {_shown(wanted)}, as {reference} has it",
                        _shown(got),
                    )
                )
    return found


def _answer(reply: Reply, index: int) -> tuple[str, Any]:
    body = reply.json()
    if isinstance(body, dict) and isinstance(body.get("error"), dict):
        body = {"error": {**body["error"], "message": "free text"}}
    return f"{index + 1:02} {reply.call}", {"status": reply.status, "body": body}


def _first_difference(a: Any, b: Any, where: str) -> tuple[str, Any, Any] | None:
    if type(a) is not type(b):
        return where, a, b
    if isinstance(a, dict) and a.keys() == b.keys():
        pairs = [(f"{where}.{key}", a[key], b[key]) for key in a]
    elif isinstance(a, list) and len(a) == len(b):
        rows = enumerate(zip(a, b, strict=True))
        pairs = [(f"{where}[{index}]", left, right) for index, (left, right) in rows]
    else:
        return None if a == b else (where, a, b)
    places = (_first_difference(left, right, place) for place, left, right in pairs)
    return next((place for place in places if place is not None), None)


def _shown(value: Any) -> str:
    return shorten(json.dumps(value))
