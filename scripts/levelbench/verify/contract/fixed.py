"""Hand-written requests for the comparison of contestants: every call, valid and invalid."""

import json
from typing import Any

from levelbench.verify.contract.expect import MAX_BODY_BYTES
from levelbench.verify.contract.request import SIGNED_IN, Authorization, Header, Request
from levelbench.verify.contract.subject import (
    HEALTHZ,
    LOGIN,
    ORDERS,
    READYZ,
    REGISTER,
    TASKS,
    UNKNOWN_TASK,
)

PAGES = ("1", "2", "3", "250", "400", "500", "501", "0", "-1", "x", "01", "")
ORDER_IDS = ("1", "2", "3", "42", "9999", "10000", "10001", "0", "-1", "x", "01")

USER = {"username": "same_for_all", "password": "correct horse 1"}
CREDENTIALS: tuple[Any, ...] = (
    USER,  # registered by an earlier request
    {**USER, "password": "another horse 2"},
    {**USER, "username": "nobody_has_it"},
    {**USER, "username": "Not Allowed"},
    {**USER, "password": "short"},
    {**USER, "password": None},
    {"username": USER["username"]},
    {},
    [],
    None,
)


def _get(target: str, authorization: Authorization | None = SIGNED_IN) -> Request:
    return Request("fixed", "GET", target, authorization=authorization)


def _post(target: str, value: Any) -> Request:
    return Request("fixed", "POST", target, json.dumps(value).encode("ascii"))


def _signed_in(method: str, target: str, **options: Any) -> Request:
    return Request("fixed", method, target, authorization=SIGNED_IN, **options)


FIXED: tuple[Request, ...] = (
    _get(HEALTHZ, None),
    _get(READYZ, None),
    _get(ORDERS),
    *(_get(f"{ORDERS}?page={page}") for page in PAGES),
    *(_get(f"{ORDERS}/{id}") for id in ORDER_IDS),
    *(_signed_in("POST", f"{ORDERS}/{id}/invoice") for id in ORDER_IDS),
    _get(f"{TASKS}/<task>"),
    _get(f"{TASKS}/{UNKNOWN_TASK}"),
    _get(f"{TASKS}/x"),
    _get("/nope"),
    _signed_in("POST", ORDERS),
    _signed_in("DELETE", f"{ORDERS}/1"),
    _get(ORDERS, None),
    _get(ORDERS, Header("Bearer nonsense")),
    _get(ORDERS, Header("bearer <other>")),
    _post(REGISTER, USER),
    *(_post(target, value) for target in (REGISTER, LOGIN) for value in CREDENTIALS),
    *(
        Request("fixed", "POST", target, body)
        for target in (REGISTER, LOGIN)
        for body in (b"", b"{")
    ),
    *(Request("fixed", "POST", path, announced=MAX_BODY_BYTES + 1) for path in (REGISTER, LOGIN)),
    _signed_in("GET", ORDERS, announced=MAX_BODY_BYTES + 1),
)
