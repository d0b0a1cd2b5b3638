"""Reads what a request carries and refuses what is not valid."""

import json
from uuid import UUID

from aiohttp import web
from pydantic import TypeAdapter, ValidationError

from app.errors import InvalidFieldsError
from app.schemas import Credentials, OrderId, PageNumber, TaskId
from app.settings import MAX_BODY_BYTES

order_ids = TypeAdapter[int](OrderId)
page_numbers = TypeAdapter[int](PageNumber)
task_ids = TypeAdapter[UUID](TaskId)


def limit_body(request: web.Request) -> None:
    """Refuse a body by its declared length, without waiting for it."""
    length = request.content_length or 0
    if length > MAX_BODY_BYTES:
        raise web.HTTPRequestEntityTooLarge(MAX_BODY_BYTES, length)


async def read_credentials(request: web.Request) -> Credentials:
    limit_body(request)
    try:
        # Decoded here: from bytes, json.loads takes UTF-16 and encoded surrogates as well.
        body = json.loads((await request.read()).decode())
    # ValueError: no JSON, or no UTF-8. RecursionError: nested without end.
    except (ValueError, RecursionError):
        raise web.HTTPBadRequest(reason="The body is not valid JSON.") from None
    try:
        return Credentials.model_validate(body)
    except ValidationError as exc:
        # (field,), or () if the body is no object
        fields = {str(field) for error in exc.errors() for field in error["loc"][:1]}
        raise InvalidFieldsError(*fields) from None


def read_page(request: web.Request) -> int:
    try:
        return page_numbers.validate_python(request.query.get("page", "1"))
    except ValidationError:
        raise InvalidFieldsError("page") from None


def read_order_id(request: web.Request) -> int:
    try:
        return order_ids.validate_python(request.match_info["order_id"])
    except ValidationError:
        raise web.HTTPNotFound from None


def read_task_id(request: web.Request) -> UUID:
    try:
        return task_ids.validate_python(request.match_info["task_id"])
    except ValidationError:
        raise web.HTTPNotFound from None
