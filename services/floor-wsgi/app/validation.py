"""Reads what a request carries and refuses what is not valid."""

import json
import re
from urllib.parse import parse_qs

from app.errors import malformed_json, not_found, payload_too_large, validation_error
from app.http import Request
from app.settings import MAX_BODY_BYTES, PAGE_SIZE

MAX_BIGINT = 2**63 - 1  # PostgreSQL's largest bigint, and its largest OFFSET
LAST_PAGE = MAX_BIGINT // PAGE_SIZE  # no page beyond it can be asked of the database

USERNAME = re.compile("[a-z0-9_]{3,32}")
# Any characters but NUL and lone surrogates.
PASSWORD = re.compile("[^\0\ud800-\udfff]{8,128}")
# The canonical form, which `UUID` is not strict about.
UUID = re.compile("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.I | re.A)


def limit_body(request: Request) -> None:
    """Refuse a body by its declared length, without waiting for it."""
    if request.content_length > MAX_BODY_BYTES:
        raise payload_too_large()


def read_credentials(request: Request) -> tuple[str, str]:
    """A username and a password."""
    limit_body(request)
    body = request.body(MAX_BODY_BYTES)
    if body is None:
        raise payload_too_large()
    try:
        # Decoded here: from bytes, json.loads takes UTF-16 and encoded surrogates as well.
        value = json.loads(body.decode())
    # ValueError: no JSON, or no UTF-8. RecursionError: nested without end.
    except (ValueError, RecursionError):
        raise malformed_json() from None
    if not isinstance(value, dict):
        raise validation_error()
    username, password = value.get("username"), value.get("password")
    invalid = []
    if not isinstance(username, str) or USERNAME.fullmatch(username) is None:
        invalid.append("username")
    if not isinstance(password, str) or PASSWORD.fullmatch(password) is None:
        invalid.append("password")
    if invalid:
        raise validation_error(*invalid)
    return username, password


def parse_digits(text: str) -> int | None:
    """The number that ASCII digits stand for, at most MAX_BIGINT + 1; None for any other text.

    `int` alone takes `+1`, ` 1 `, `1_0` and the digits of other scripts.
    """
    if not (text.isascii() and text.isdigit()):
        return None
    digits = text.lstrip("0") or "0"
    return min(int(digits[:20]), MAX_BIGINT + 1)


def read_page(request: Request) -> int:
    query = request.query
    if not query:
        return 1
    if query.startswith("page=") and query[5:].isdigit():
        text = query[5:]  # nothing to decode or to choose from
    else:
        values = parse_qs(query, keep_blank_values=True)
        text = values.get("page", ["1"])[-1]
    page = parse_digits(text)
    if not page:
        raise validation_error("page")
    return page


def read_order_id(request: Request) -> int:
    order_id = parse_digits(request.parameter)
    if order_id is None or order_id > MAX_BIGINT:
        raise not_found()
    return order_id


def read_task_id(request: Request) -> str:
    if UUID.fullmatch(request.parameter) is None:
        raise not_found()
    return request.parameter.lower()
