"""The contract's error format, and which exception becomes which error."""

from typing import Any

import falcon
from falcon.asgi import App, Request, Response
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from app.database import is_unavailable

# The codes of the errors that follow from their status.
CODES = {
    falcon.HTTP_400: "malformed_json",
    falcon.HTTP_401: "unauthorized",
    falcon.HTTP_404: "not_found",
    falcon.HTTP_405: "method_not_allowed",
    falcon.HTTP_413: "payload_too_large",
    falcon.HTTP_422: "validation_error",
    falcon.HTTP_500: "internal_error",
    falcon.HTTP_503: "unavailable",
}
# Every 401 carries it (RFC 9110, 15.5.2).
CHALLENGES = ["Bearer"]


class InvalidFields(falcon.HTTPUnprocessableEntity):
    """Some fields of the request are not valid."""

    def __init__(self, *fields: str) -> None:
        super().__init__(title="The request is not valid.")
        self.fields = sorted(fields)


class InvalidCredentials(falcon.HTTPUnauthorized):
    """Well-formed credentials that are wrong."""

    def __init__(self) -> None:
        super().__init__(title="The username or password is wrong.", challenges=CHALLENGES)


class UsernameTaken(falcon.HTTPConflict):
    """The unique constraint refused the username."""

    def __init__(self) -> None:
        super().__init__(title="The username is taken.")


def serialize_error(req: Request, resp: Response, exc: falcon.HTTPError) -> None:
    match exc:
        case InvalidCredentials():
            code = "invalid_credentials"
        case UsernameTaken():
            code = "username_taken"
        case _:
            code = CODES.get(exc.status, "error")
    fields = exc.fields if isinstance(exc, InvalidFields) else []
    resp.media = {"error": {"code": code, "message": exc.title, "fields": fields}}


async def unavailable(req: Request, resp: Response, exc: Exception, params: dict[str, Any]) -> None:
    if isinstance(exc, DBAPIError) and not is_unavailable(exc):
        raise falcon.HTTPInternalServerError
    raise falcon.HTTPServiceUnavailable(title="The service is temporarily unavailable.")


def add_error_handlers(app: App) -> None:
    app.set_error_serializer(serialize_error)
    app.add_error_handler(DBAPIError, unavailable)
    app.add_error_handler(PoolTimeoutError, unavailable)
    # A refused connection, a name that does not resolve, the built-in TimeoutError.
    app.add_error_handler(OSError, unavailable)
