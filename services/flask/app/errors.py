"""The contract's error format, and what becomes an error of which code."""

from collections.abc import Callable, Iterable
from functools import wraps

from flask import Flask, Response, abort, jsonify, request
from kombu.exceptions import OperationalError as BrokerError
from pydantic import ValidationError
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from werkzeug.exceptions import HTTPException

from app.settings import MAX_BODY_BYTES

# The codes of the errors that the framework raises itself.
CODES = {
    404: "not_found",
    405: "method_not_allowed",
    413: "payload_too_large",
    500: "internal_error",
}


class APIError(Exception):
    """An error whose code does not follow from its status."""

    def __init__(
        self, status_code: int, code: str, message: str, fields: Iterable[str] = ()
    ) -> None:
        super().__init__(message)
        self.status_code = status_code
        self.code = code
        self.fields = fields


def error_response(
    status_code: int, code: str, message: str, fields: Iterable[str] = ()
) -> Response:
    response = jsonify(error={"code": code, "message": message, "fields": sorted(fields)})
    response.status_code = status_code
    if status_code == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


def refuse_leading_slashes() -> None:
    """Werkzeug drops a path's leading slashes before it looks for the route."""
    if request.environ["PATH_INFO"].startswith("//"):
        abort(404)


def limit_body[**P, R](view: Callable[P, R]) -> Callable[P, R]:
    """Refuse too large a body in a view that reads none; Werkzeug does so where one is read.

    It stands below `token_required`, because 401 goes before 413.
    """

    @wraps(view)
    def limited(*args: P.args, **kwargs: P.kwargs) -> R:
        if (request.content_length or 0) > MAX_BODY_BYTES:
            abort(413)
        return view(*args, **kwargs)

    return limited


def api_error(error: APIError) -> Response:
    return error_response(error.status_code, error.code, str(error), error.fields)


def http_error(error: HTTPException) -> Response:
    status_code = error.code or 500
    response = error_response(
        status_code, CODES.get(status_code, "error"), error.description or error.name
    )
    response.headers.extend(  # such as 405's Allow
        (name, value) for name, value in error.get_headers() if name != "Content-Type"
    )
    return response


def validation_error(error: ValidationError) -> Response:
    fields = {str(detail["loc"][0]) for detail in error.errors() if detail["loc"]}
    return error_response(422, "validation_error", "The request is not valid.", fields)


def unavailable(error: Exception) -> Response:
    return error_response(503, "unavailable", "The service is temporarily unavailable.")


def init_app(app: Flask) -> None:
    app.register_error_handler(APIError, api_error)
    app.register_error_handler(HTTPException, http_error)
    app.register_error_handler(ValidationError, validation_error)
    for error in (OperationalError, InterfaceError, PoolTimeoutError, BrokerError):
        app.register_error_handler(error, unavailable)
