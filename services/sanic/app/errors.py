"""The contract's error format, and the handlers that answer exceptions in it."""

from collections.abc import Iterable, Mapping

from sanic import HTTPResponse, Request, Sanic
from sanic.exceptions import (
    BadRequest,
    MethodNotAllowed,
    NotFound,
    PayloadTooLarge,
    SanicException,
    ServiceUnavailable,
    Unauthorized,
)
from sanic.log import error_logger
from sanic.response import json
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from app.database import is_unavailable


class UsernameTaken(SanicException):
    status_code = 409
    message = "The username is taken."
    quiet = True


class InvalidCredentials(Unauthorized):
    """Credentials are well-formed and wrong."""


class InvalidFields(SanicException):
    """Some fields of the request are not valid."""

    status_code = 422
    message = "The request is not valid."
    quiet = True

    def __init__(self, *fields: str) -> None:
        super().__init__()
        self.fields = fields


CODES: dict[type[SanicException], str] = {
    BadRequest: "malformed_json",
    InvalidCredentials: "invalid_credentials",
    Unauthorized: "unauthorized",
    NotFound: "not_found",
    MethodNotAllowed: "method_not_allowed",
    UsernameTaken: "username_taken",
    PayloadTooLarge: "payload_too_large",
    ServiceUnavailable: "unavailable",
}


def error_response(
    status: int,
    code: str,
    message: str,
    fields: Iterable[str] = (),
    headers: Mapping[str, str] | None = None,
) -> HTTPResponse:
    error = {"code": code, "message": message, "fields": sorted(fields)}
    return json({"error": error}, status, headers)


async def http_error(request: Request, exc: SanicException) -> HTTPResponse:
    code = next((code for kind, code in CODES.items() if isinstance(exc, kind)), "error")
    return error_response(exc.status_code, code, str(exc), headers=exc.headers)


async def validation_error(request: Request, exc: InvalidFields) -> HTTPResponse:
    return error_response(exc.status_code, "validation_error", str(exc), exc.fields)


async def unavailable(request: Request, exc: Exception) -> HTTPResponse:
    if isinstance(exc, DBAPIError) and not is_unavailable(exc):
        return await internal_error(request, exc)
    return error_response(503, "unavailable", "The service is temporarily unavailable.")


async def internal_error(request: Request, exc: Exception) -> HTTPResponse:
    error_logger.error("Exception occurred while handling %s", request.path, exc_info=exc)
    return error_response(500, "internal_error", "Internal Server Error")


def add_error_handlers(app: Sanic) -> None:
    app.error_handler.add(SanicException, http_error)
    app.error_handler.add(InvalidFields, validation_error)
    app.error_handler.add(DBAPIError, unavailable)
    app.error_handler.add(PoolTimeoutError, unavailable)
    # A refused connection, a name that does not resolve, the built-in TimeoutError.
    app.error_handler.add(OSError, unavailable)
    app.error_handler.add(Exception, internal_error)
