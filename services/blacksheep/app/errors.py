"""The contract's error format, and which exception becomes which error."""

from collections.abc import Iterable

from blacksheep import Application, Request, Response, json
from blacksheep.exceptions import Conflict, HTTPException, Unauthorized
from guardpost.authorization import UnauthorizedError
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from app.database import is_unavailable


class InvalidFields(HTTPException):
    """Some fields of the request are not valid."""

    def __init__(self, *fields: str) -> None:
        super().__init__(422, "The request is not valid.")
        self.fields = fields


class InvalidCredentials(Unauthorized):
    """Well-formed credentials that are wrong."""


class UsernameTaken(Conflict):
    """The unique constraint refused the username."""


def error_response(status: int, code: str, message: str, fields: Iterable[str] = ()) -> Response:
    response = json({"error": {"code": code, "message": message, "fields": sorted(fields)}}, status)
    if status == 401:  # every 401 carries it (RFC 9110, 15.5.2)
        response.add_header(b"WWW-Authenticate", b"Bearer")
    return response


async def malformed_json(app: Application, request: Request, exc: HTTPException) -> Response:
    return error_response(400, "malformed_json", str(exc))


async def unauthorized(app: Application, request: Request, exc: Exception) -> Response:
    return error_response(401, "unauthorized", "Not authenticated")


async def invalid_credentials(
    app: Application, request: Request, exc: InvalidCredentials
) -> Response:
    return error_response(401, "invalid_credentials", str(exc))


async def not_found(app: Application, request: Request, exc: HTTPException) -> Response:
    return error_response(404, "not_found", str(exc))


async def method_not_allowed(app: Application, request: Request, exc: HTTPException) -> Response:
    return error_response(405, "method_not_allowed", str(exc))


async def username_taken(app: Application, request: Request, exc: UsernameTaken) -> Response:
    return error_response(409, "username_taken", str(exc))


async def payload_too_large(app: Application, request: Request, exc: HTTPException) -> Response:
    return error_response(413, "payload_too_large", str(exc))


async def validation_error(app: Application, request: Request, exc: InvalidFields) -> Response:
    return error_response(422, "validation_error", str(exc), exc.fields)


async def internal_error(app: Application, request: Request, exc: Exception) -> Response:
    return error_response(500, "internal_error", "Internal Server Error")


async def unavailable(app: Application, request: Request, exc: Exception) -> Response:
    if isinstance(exc, DBAPIError) and not is_unavailable(exc):
        return await internal_error(app, request, exc)
    return error_response(503, "unavailable", "The service is temporarily unavailable.")


def set_exception_handlers(app: Application) -> None:
    app.exceptions_handlers.update(
        {
            400: malformed_json,
            401: unauthorized,
            404: not_found,
            405: method_not_allowed,
            413: payload_too_large,
            500: internal_error,
            503: unavailable,
            UnauthorizedError: unauthorized,
            InvalidCredentials: invalid_credentials,
            UsernameTaken: username_taken,
            InvalidFields: validation_error,
            DBAPIError: unavailable,
            PoolTimeoutError: unavailable,
            # A refused connection, a name that does not resolve, the built-in TimeoutError.
            OSError: unavailable,
        }
    )
