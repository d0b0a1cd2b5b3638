"""The contract's error format, and which exception becomes which error."""

from collections.abc import Iterable, Mapping

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from starlette.exceptions import HTTPException
from starlette.requests import Request

from app.database import is_unavailable
from app.responses import OrjsonResponse

# The codes of the errors that follow from their status.
CODES = {
    400: "malformed_json",
    401: "unauthorized",
    404: "not_found",
    405: "method_not_allowed",
    413: "payload_too_large",
    422: "validation_error",
    503: "unavailable",
}
# Every 401 carries it (RFC 9110, 15.5.2).
CHALLENGE = {"WWW-Authenticate": "Bearer"}


class CodedError(HTTPException):
    """An error whose code does not follow from its status."""

    def __init__(
        self, status_code: int, code: str, message: str, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(status_code, message, headers)
        self.code = code


def error_response(
    status_code: int,
    code: str,
    message: str,
    fields: Iterable[str] = (),
    headers: Mapping[str, str] | None = None,
) -> OrjsonResponse:
    error = {"code": code, "message": message, "fields": sorted(fields)}
    return OrjsonResponse({"error": error}, status_code, headers)


async def http_error(request: Request, exc: HTTPException) -> OrjsonResponse:
    code = exc.code if isinstance(exc, CodedError) else CODES.get(exc.status_code, "error")
    return error_response(exc.status_code, code, exc.detail, headers=exc.headers)


async def unavailable(request: Request, exc: Exception) -> OrjsonResponse:
    if isinstance(exc, DBAPIError) and not is_unavailable(exc):
        raise exc
    return error_response(503, "unavailable", "The service is temporarily unavailable.")


async def internal_error(request: Request, exc: Exception) -> OrjsonResponse:
    return error_response(500, "internal_error", "Internal Server Error")


exception_handlers = {
    HTTPException: http_error,
    DBAPIError: unavailable,
    PoolTimeoutError: unavailable,
    # A refused connection, a name that does not resolve, the built-in TimeoutError.
    OSError: unavailable,
    Exception: internal_error,
}
