"""The contract's error format, and which exception becomes which error."""

from collections.abc import Iterable, Mapping
from typing import Any

from litestar import Request, Response
from litestar.enums import ParamType
from litestar.exceptions import (
    HTTPException,
    MethodNotAllowedException,
    NotAuthorizedException,
    NotFoundException,
    ValidationException,
)
from litestar.status_codes import (
    HTTP_400_BAD_REQUEST,
    HTTP_401_UNAUTHORIZED,
    HTTP_404_NOT_FOUND,
    HTTP_405_METHOD_NOT_ALLOWED,
    HTTP_413_REQUEST_ENTITY_TOO_LARGE,
    HTTP_422_UNPROCESSABLE_ENTITY,
    HTTP_500_INTERNAL_SERVER_ERROR,
    HTTP_503_SERVICE_UNAVAILABLE,
)
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from app.database import is_unavailable
from app.requests import is_exact

# The codes of the errors that follow from their status.
CODES = {
    HTTP_400_BAD_REQUEST: "malformed_json",
    HTTP_401_UNAUTHORIZED: "unauthorized",
    HTTP_404_NOT_FOUND: "not_found",
    HTTP_405_METHOD_NOT_ALLOWED: "method_not_allowed",
    HTTP_413_REQUEST_ENTITY_TOO_LARGE: "payload_too_large",
    HTTP_503_SERVICE_UNAVAILABLE: "unavailable",
}
# Every 401 carries it (RFC 9110, 15.5.2).
CHALLENGE = {"WWW-Authenticate": "Bearer"}


class InvalidCredentialsError(NotAuthorizedException):
    """Well-formed credentials that are wrong."""

    code = "invalid_credentials"


class UsernameTakenError(HTTPException):
    """The unique constraint refused the username."""

    status_code = 409
    code = "username_taken"


def error_response(
    status_code: int,
    code: str,
    message: str,
    fields: Iterable[str] = (),
    headers: Mapping[str, str] | None = None,
) -> Response[dict[str, Any]]:
    error = {"code": code, "message": message, "fields": sorted(fields)}
    return Response({"error": error}, status_code=status_code, headers=headers)


def http_error(request: Request, exc: HTTPException) -> Response[dict[str, Any]]:
    if isinstance(exc, MethodNotAllowedException) and not is_exact(request.scope):
        exc = NotFoundException()
    code = getattr(exc, "code", None) or CODES.get(exc.status_code, "error")
    headers = CHALLENGE if isinstance(exc, NotAuthorizedException) else exc.headers
    return error_response(exc.status_code, code, exc.detail, headers=headers)


def validation_error(request: Request, exc: ValidationException) -> Response[dict[str, Any]]:
    match exc.extra:
        # Litestar calls an empty body a missing one; it is no JSON either.
        case [{"key": "data"}]:
            message = "The body is not valid JSON."
            return error_response(HTTP_400_BAD_REQUEST, "malformed_json", message)
        case [{"source": ParamType.PATH}]:
            return error_response(HTTP_404_NOT_FOUND, "not_found", "Not Found")
    # An error without a key is one of the body itself: it is no object.
    fields = {error["key"] for error in exc.extra or [] if "key" in error}
    return error_response(
        HTTP_422_UNPROCESSABLE_ENTITY, "validation_error", "The request is not valid.", fields
    )


def unavailable(request: Request, exc: Exception) -> Response[dict[str, Any]]:
    if isinstance(exc, DBAPIError) and not is_unavailable(exc):
        return internal_error(request, exc)
    message = "The service is temporarily unavailable."
    return error_response(HTTP_503_SERVICE_UNAVAILABLE, "unavailable", message)


def internal_error(request: Request, exc: Exception) -> Response[dict[str, Any]]:
    return error_response(HTTP_500_INTERNAL_SERVER_ERROR, "internal_error", "Internal Server Error")


exception_handlers = {
    HTTPException: http_error,
    ValidationException: validation_error,
    DBAPIError: unavailable,
    PoolTimeoutError: unavailable,
    # A refused connection, a name that does not resolve, the built-in TimeoutError.
    OSError: unavailable,
    Exception: internal_error,
}
