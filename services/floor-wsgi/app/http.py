"""A request as the server hands it over, and the response to it."""

from collections.abc import Callable, Iterable
from http import HTTPStatus
from json.encoder import encode_basestring_ascii
from typing import Any

type Header = tuple[str, str]
type Environ = dict[str, Any]
type StartResponse = Callable[[str, list[Header]], object]

# A string as JSON, quotes included: what json.dumps does with a string, without the way there.
quote: Callable[[str], str] = encode_basestring_ascii
STATUS_LINES = {status.value: f"{status.value} {status.phrase}" for status in HTTPStatus}


class Request:
    __slots__ = ("_environ", "parameter")

    def __init__(self, environ: Environ, parameter: str) -> None:
        self._environ = environ
        self.parameter = parameter

    @property
    def authorization(self) -> str:
        return self._environ.get("HTTP_AUTHORIZATION", "")

    @property
    def content_length(self) -> int:
        return int(self._environ.get("CONTENT_LENGTH") or 0)

    @property
    def query(self) -> str:
        return self._environ["QUERY_STRING"]

    def body(self, max_bytes: int) -> bytes | None:
        """The body; None if more than `max_bytes` of it arrive."""
        body: bytes = self._environ["wsgi.input"].read(max_bytes + 1)
        return body if len(body) <= max_bytes else None


class Response:
    __slots__ = ("body", "headers", "status")

    def __init__(self, status: int, text: str, headers: tuple[Header, ...] = ()) -> None:
        self.status = status
        self.body = text.encode()
        self.headers = headers

    def send(self, start_response: StartResponse) -> Iterable[bytes]:
        headers = [
            ("Content-Type", "application/json"),
            ("Content-Length", str(len(self.body))),
            *self.headers,
        ]
        start_response(STATUS_LINES[self.status], headers)
        return (self.body,)


type Handler = Callable[[Request], Response]
