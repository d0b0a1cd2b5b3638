"""What every request passes before its handler."""

import json
from typing import Any
from urllib.parse import unquote

from litestar import Request
from litestar.connection import ASGIConnection
from litestar.exceptions import ClientException, NotFoundException
from litestar.exceptions.http_exceptions import RequestEntityTooLarge
from litestar.handlers import BaseRouteHandler
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Receive, Scope, Send

from app.settings import MAX_BODY_BYTES


def is_exact(scope: Scope) -> bool:
    """Whether a path has no trailing or doubled slash: the router ignores them."""
    path = unquote(scope["raw_path"].decode())
    return "//" not in path and not path.endswith("/")


class ExactPathMiddleware(ASGIMiddleware):
    """Answers a trailing or doubled slash as an unknown route."""

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        if not is_exact(scope):
            raise NotFoundException
        await next_app(scope, receive, send)


def limit_body(connection: ASGIConnection, route_handler: BaseRouteHandler) -> None:
    """Refuse a body by its declared length, without waiting for it."""
    if int(connection.headers.get("content-length", 0)) > MAX_BODY_BYTES:
        raise RequestEntityTooLarge("The body is too large.")


class UTF8Request(Request):
    """A request whose JSON may have a lone surrogate, which msgspec takes for malformed JSON."""

    async def json(self) -> Any:
        try:
            return json.loads((await self.body()).decode())
        # ValueError: no JSON, or no UTF-8. RecursionError: nested without end.
        except (ValueError, RecursionError):
            raise ClientException("The body is not valid JSON.") from None
