"""What the handlers take from a request, and the refusal of what is not valid."""

import json
from urllib.parse import parse_qsl
from uuid import UUID

from blacksheep import Request
from blacksheep.exceptions import BadRequest, HTTPException, MessageAborted, NotFound
from blacksheep.server.bindings import Binder, BoundValue
from pydantic import TypeAdapter, ValidationError
from sqlalchemy.ext.asyncio import AsyncSession

from app.errors import InvalidFields
from app.schemas import Credentials, OrderId, PageNumber, TaskId
from app.settings import MAX_BODY_BYTES

page_numbers = TypeAdapter[int](PageNumber)
order_ids = TypeAdapter[int](OrderId)
task_ids = TypeAdapter[UUID](TaskId)


def limit_body(request: Request) -> None:
    """Refuse a body by its declared length, without waiting for it."""
    if int(request.get_first_header(b"Content-Length") or 0) > MAX_BODY_BYTES:
        raise HTTPException(413, "The body is too large.")


class FromUserSession(BoundValue[AsyncSession]):
    """The session in which the user was looked up."""


class UserSessionBinder(Binder):
    handle = FromUserSession

    async def get_value(self, request: Request) -> AsyncSession:
        return request.db_session


class FromCredentials(BoundValue[Credentials]):
    """Username and password of the body."""


class CredentialsBinder(Binder):
    handle = FromCredentials

    async def get_value(self, request: Request) -> Credentials:
        limit_body(request)
        try:
            body = json.loads((await request.read() or b"").decode())
        # ValueError: no JSON, or no UTF-8. RecursionError: nested without end. MessageAborted: cut
        # short, and no client waits for the answer.
        except (ValueError, RecursionError, MessageAborted):
            raise BadRequest("The body is not valid JSON.") from None
        try:
            return Credentials.model_validate(body)
        except ValidationError as exc:
            # (field,), or () if the body is no object
            raise InvalidFields(
                *(error["loc"][0] for error in exc.errors() if error["loc"])
            ) from None


class FromPage(BoundValue[int]):
    """The number of the page in the query."""


class PageBinder(Binder):
    handle = FromPage

    async def get_value(self, request: Request) -> int:
        # Not `request.query`, which drops an empty value.
        query = dict(parse_qsl((request.url.query or b"").decode(), keep_blank_values=True))
        try:
            return page_numbers.validate_python(query.get("page", "1"))
        except ValidationError:
            raise InvalidFields("page") from None


class FromOrderId(BoundValue[int]):
    """The id of an order in the path."""


class OrderIdBinder(Binder):
    handle = FromOrderId

    async def get_value(self, request: Request) -> int:
        try:
            return order_ids.validate_python(request.route_values["order_id"])
        except ValidationError:
            raise NotFound from None


class FromTaskId(BoundValue[UUID]):
    """The id of a task in the path."""


class TaskIdBinder(Binder):
    handle = FromTaskId

    async def get_value(self, request: Request) -> UUID:
        try:
            return task_ids.validate_python(request.route_values["task_id"])
        except ValidationError:
            raise NotFound from None
