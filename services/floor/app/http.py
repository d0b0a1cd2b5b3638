"""A request as the server hands it over, and the response to it."""

from collections.abc import Awaitable, Callable
from json.encoder import encode_basestring_ascii
from typing import Any

type Header = tuple[bytes, bytes]
type Message = dict[str, Any]
type Scope = dict[str, Any]
type Receive = Callable[[], Awaitable[Message]]
type Send = Callable[[Message], Awaitable[None]]

# A string as JSON, quotes included: what json.dumps does with a string, without the way there.
quote: Callable[[str], str] = encode_basestring_ascii


class ClientDisconnectedError(Exception):
    """Nobody waits for the answer any more."""


class Request:
    __slots__ = ("_receive", "headers", "parameter", "query")

    def __init__(self, scope: Scope, receive: Receive, parameter: str) -> None:
        self.headers: dict[bytes, bytes] = dict(scope["headers"])
        self.query: bytes = scope["query_string"]
        self.parameter = parameter
        self._receive = receive

    async def body(self, max_bytes: int) -> bytes | None:
        """The body; None if more than `max_bytes` of it arrive."""
        body = b""
        more = True
        while more:
            message = await self._receive()
            if message["type"] == "http.disconnect":
                raise ClientDisconnectedError
            body += message["body"]
            if len(body) > max_bytes:
                return None
            more = message["more_body"]
        return body


class Response:
    __slots__ = ("body", "headers", "status")

    def __init__(self, status: int, text: str, headers: tuple[Header, ...] = ()) -> None:
        self.status = status
        self.body = text.encode()
        self.headers = headers

    async def send(self, send: Send) -> None:
        headers = [
            (b"content-type", b"application/json"),
            (b"content-length", b"%d" % len(self.body)),
            *self.headers,
        ]
        await send({"type": "http.response.start", "status": self.status, "headers": headers})
        await send({"type": "http.response.body", "body": self.body})


type Handler = Callable[[Request], Awaitable[Response]]
