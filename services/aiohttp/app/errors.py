"""The contract's error format, and the middleware that answers every exception in it."""

from collections.abc import Iterable, Mapping

from aiohttp import web
from aiohttp.typedefs import Handler
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from app.database import is_unavailable

# The codes of the errors that follow from their status.
CODES = {
    400: "malformed_json",
    401: "unauthorized",
    404: "not_found",
    405: "method_not_allowed",
    409: "username_taken",
    413: "payload_too_large",
    503: "unavailable",
}
# Every 401 carries it (RFC 9110, 15.5.2).
CHALLENGE = {"WWW-Authenticate": "Bearer"}


class InvalidCredentialsError(web.HTTPUnauthorized):
    """A 401 whose code does not follow from its status."""


class InvalidFieldsError(Exception):
    """Some fields of the request are not valid."""

    def __init__(self, *fields: str) -> None:
        super().__init__(*fields)
        self.fields = fields


def error_response(
    status: int,
    code: str,
    message: str,
    fields: Iterable[str] = (),
    headers: Mapping[str, str] | None = None,
) -> web.Response:
    error = {"code": code, "message": message, "fields": sorted(fields)}
    return web.json_response({"error": error}, status=status, headers=headers)


def http_error(exc: web.HTTPException) -> web.Response:
    """The error of an exception of aiohttp's own, such as the router's 404 and 405."""
    known = isinstance(exc, InvalidCredentialsError)
    code = "invalid_credentials" if known else CODES.get(exc.status, "error")
    return error_response(
        exc.status, code, exc.reason, headers=CHALLENGE if exc.status == 401 else None
    )


@web.middleware
async def answer_errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    try:
        return await handler(request)
    except web.HTTPException as exc:
        return http_error(exc)
    except InvalidFieldsError as exc:
        return error_response(422, "validation_error", "The request is not valid.", exc.fields)
    # OSError: a refused connection, a name that does not resolve, the built-in TimeoutError.
    except (DBAPIError, PoolTimeoutError, OSError) as exc:
        if not isinstance(exc, DBAPIError) or is_unavailable(exc):
            return error_response(503, "unavailable", "The service is temporarily unavailable.")
        return internal_error(request)
    except Exception:
        return internal_error(request)


def internal_error(request: web.Request) -> web.Response:
    request.app.logger.exception("Error handling request")
    return error_response(500, "internal_error", "Internal Server Error")
