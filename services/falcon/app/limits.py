"""Refuses a body by its declared length, without waiting for it."""

from collections.abc import Awaitable, Callable
from typing import Any

import falcon
from falcon.asgi import App, Request, Response

from app.settings import MAX_BODY_BYTES

type Event = dict[str, Any]
type Receive = Callable[[], Awaitable[Event]]
type Send = Callable[[Event], Awaitable[None]]


class BodyLimit:
    """A component that comes after authentication: its 401 takes precedence."""

    async def process_resource(
        self, req: Request, resp: Response, resource: object, params: dict[str, Any]
    ) -> None:
        if (req.content_length or 0) > MAX_BODY_BYTES:
            raise falcon.HTTPContentTooLarge(title="The body is too large.")


async def receive_nothing() -> Event:
    return {"type": "http.request", "body": b"", "more_body": True}


class LimitedApp(App):
    """Routes a body to refuse without its first part, for which Falcon waits."""

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        length = dict(scope.get("headers", ())).get(b"content-length", b"0")
        if int(length) > MAX_BODY_BYTES:
            receive = receive_nothing
        await super().__call__(scope, receive, send)
