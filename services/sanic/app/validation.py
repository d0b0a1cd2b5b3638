"""Reads what a request carries and refuses what is not valid."""

import json
from uuid import UUID

from pydantic import TypeAdapter, ValidationError
from sanic import Request
from sanic.exceptions import BadRequest, NotFound, PayloadTooLarge

from app.errors import InvalidFields
from app.schemas import Credentials, OrderId, PageNumber, TaskId
from app.settings import MAX_BODY_BYTES

order_ids = TypeAdapter[int](OrderId)
page_numbers = TypeAdapter[int](PageNumber)
task_ids = TypeAdapter[UUID](TaskId)


def limit_body(request: Request) -> None:
    """Refuse a body by its declared length, without waiting for it."""
    if int(request.headers.get("content-length", 0)) > MAX_BODY_BYTES:
        raise PayloadTooLarge("The body is too large.")


async def read_credentials(request: Request) -> Credentials:
    """What Sanic injects where a handler asks for credentials, before it reads the body."""
    limit_body(request)
    await request.receive_body()
    try:
        # Decoded here: from bytes, json.loads takes UTF-16 and encoded surrogates as well.
        body = json.loads(request.body.decode())
    # ValueError: no JSON, or no UTF-8. RecursionError: nested without end.
    except (ValueError, RecursionError):
        raise BadRequest("The body is not valid JSON.") from None
    try:
        return Credentials.model_validate(body)
    except ValidationError as exc:
        # (field,), or () if the body is no object
        fields = {str(field) for error in exc.errors() for field in error["loc"][:1]}
        raise InvalidFields(*fields) from None


def read_page(request: Request) -> int:
    # Sanic leaves out an empty value, which is no page number.
    values = request.get_args(keep_blank_values=True)
    try:
        return page_numbers.validate_python(values.get("page", "1"))
    except ValidationError:
        raise InvalidFields("page") from None


def parse_order_id(text: str) -> int:
    try:
        return order_ids.validate_python(text)
    except ValidationError:
        raise NotFound from None


def parse_task_id(text: str) -> UUID:
    try:
        return task_ids.validate_python(text)
    except ValidationError:
        raise NotFound from None
