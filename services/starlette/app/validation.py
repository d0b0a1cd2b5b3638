"""Reads what a request carries and refuses what is not valid."""

import json
from uuid import UUID

from pydantic import TypeAdapter, ValidationError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse

from app.errors import error_response
from app.lifespan import State
from app.schemas import Credentials, OrderId, PageNumber, TaskId
from app.settings import MAX_BODY_BYTES

order_ids = TypeAdapter[int](OrderId)
page_numbers = TypeAdapter[int](PageNumber)
task_ids = TypeAdapter[UUID](TaskId)


class InvalidFieldsError(Exception):
    """Some fields of the request are not valid."""

    def __init__(self, *fields: str) -> None:
        super().__init__(*fields)
        self.fields = fields


async def validation_error(request: Request, exc: InvalidFieldsError) -> JSONResponse:
    return error_response(422, "validation_error", "The request is not valid.", exc.fields)


def limit_body(request: Request[State]) -> None:
    """Refuse a body by its declared length, without waiting for it."""
    if int(request.headers.get("content-length", 0)) > MAX_BODY_BYTES:
        raise HTTPException(413, "The body is too large.")


async def read_credentials(request: Request[State]) -> Credentials:
    limit_body(request)
    try:
        # Decoded here: from bytes, json.loads takes UTF-16 and encoded surrogates as well.
        body = json.loads((await request.body()).decode())
    # ValueError: no JSON, or no UTF-8. RecursionError: nested without end. ClientDisconnect: cut
    # short, and nobody waits for the answer.
    except (ValueError, RecursionError, ClientDisconnect):
        raise HTTPException(400, "The body is not valid JSON.") from None
    try:
        return Credentials.model_validate(body)
    except ValidationError as exc:
        # (field,), or () if the body is no object
        fields = {str(field) for error in exc.errors() for field in error["loc"][:1]}
        raise InvalidFieldsError(*fields) from None


def read_page(request: Request[State]) -> int:
    try:
        return page_numbers.validate_python(request.query_params.get("page", "1"))
    except ValidationError:
        raise InvalidFieldsError("page") from None


def read_order_id(request: Request[State]) -> int:
    try:
        return order_ids.validate_python(request.path_params["order_id"])
    except ValidationError:
        raise HTTPException(404) from None


def read_task_id(request: Request[State]) -> UUID:
    try:
        return task_ids.validate_python(request.path_params["task_id"])
    except ValidationError:
        raise HTTPException(404) from None
