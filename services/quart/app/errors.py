"""The contract's error format, and which exception becomes which error."""

from collections.abc import Iterable

from quart import Quart, Response, abort, jsonify, request
from quart_schema import RequestSchemaValidationError
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from werkzeug.exceptions import (
    BadRequest,
    Conflict,
    HTTPException,
    InternalServerError,
    MethodNotAllowed,
    NotFound,
    RequestEntityTooLarge,
    ServiceUnavailable,
    Unauthorized,
)

from app.database import is_unavailable


class InvalidCredentials(Unauthorized):
    """Well-formed credentials that are wrong."""


# The codes of the errors without fields.
CODES = {
    BadRequest: "malformed_json",
    InvalidCredentials: "invalid_credentials",
    Unauthorized: "unauthorized",
    NotFound: "not_found",
    MethodNotAllowed: "method_not_allowed",
    Conflict: "username_taken",
    RequestEntityTooLarge: "payload_too_large",
    InternalServerError: "internal_error",
    ServiceUnavailable: "unavailable",
}


def error_response(
    status_code: int, code: str, message: str | None, fields: Iterable[str] = ()
) -> Response:
    error = {"code": code, "message": message or "", "fields": sorted(fields)}
    response = jsonify(error=error)
    response.status_code = status_code
    if status_code == 401:  # every 401 carries it (RFC 9110, 15.5.2)
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


async def http_error(error: HTTPException) -> Response:
    return error_response(error.code or 500, CODES.get(type(error), "error"), error.description)


async def schema_error(error: RequestSchemaValidationError) -> Response:
    # (field,), or () if the body is no object
    details = error.validation_error.errors()
    return validation_error({detail["loc"][0] for detail in details if detail["loc"]})


def validation_error(fields: Iterable[str]) -> Response:
    return error_response(422, "validation_error", "The request is not valid.", fields)


async def unavailable(error: Exception) -> Response:
    if isinstance(error, DBAPIError) and not is_unavailable(error):
        raise error
    return await http_error(ServiceUnavailable())


async def refuse_leading_slashes() -> None:
    """Werkzeug drops a path's leading slashes before it looks for the route."""
    if request.scope["path"].startswith("//"):
        abort(404)


def init_app(app: Quart) -> None:
    app.register_error_handler(HTTPException, http_error)
    app.register_error_handler(RequestSchemaValidationError, schema_error)
    app.register_error_handler(DBAPIError, unavailable)
    app.register_error_handler(PoolTimeoutError, unavailable)
    # A refused connection, a name that does not resolve, the built-in TimeoutError.
    app.register_error_handler(OSError, unavailable)
