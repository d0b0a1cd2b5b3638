"""HTTP client that sends request targets, bodies and headers unchanged."""

import http.client
import socket
import time
from collections.abc import Mapping
from functools import cache
from typing import Self

import httpx

from levelbench.model.config import load_config
from levelbench.verify.contract.reply import Reply
from levelbench.verify.contract.violation import MismatchError, shorten

ANSWER_TIMEOUT_S = 10.0  # a later answer is a violation
CONNECTIONS = 128  # more than the largest burst of the suite (100 logins at once)


@cache
def user_agent() -> str:
    """k6's default User-Agent: no header distinguishes the suite's requests from the load's."""
    return f"Grafana k6/{load_config().images.k6_version}"


class NoAnswerError(MismatchError):
    """The connection was refused or closed, or (`timed_out`) no response came in time."""

    def __init__(self, expected: str, seen: str, *, timed_out: bool) -> None:
        super().__init__(expected, seen)
        self.timed_out = timed_out


class Client:
    """Thread-safe HTTP/1.1 client for one contestant, without redirects and retries."""

    def __init__(self, base_url: str) -> None:
        url = httpx.URL(base_url)
        self.address = (url.host, url.port or 80)
        self._url = f"http://{url.host}:{url.port or 80}/"
        self._http = httpx.Client(
            timeout=ANSWER_TIMEOUT_S,
            # Keep all connections: otherwise the pool may close a surplus or an expired one
            # while another thread takes it, and that request would be lost (a ReadError).
            limits=httpx.Limits(
                max_connections=CONNECTIONS,
                max_keepalive_connections=CONNECTIONS,
                keepalive_expiry=None,
            ),
            trust_env=False,  # a proxy variable must not stand between suite and contestant
        )
        self._http.headers["User-Agent"] = user_agent()
        for name in ("Accept", "Accept-Encoding", "Connection"):  # k6 sends none of them
            del self._http.headers[name]

    def close(self) -> None:
        self._http.close()

    def send(
        self,
        method: str,
        target: str,
        *,
        body: bytes | None = None,
        headers: Mapping[str, str | bytes] | None = None,
        timeout_s: float = ANSWER_TIMEOUT_S,
    ) -> Reply:
        """Send one request; `target` is not normalised. Raises NoAnswerError if no answer comes."""
        call = f"{method} {target}"
        lines = [(name.encode("ascii"), _bytes(value)) for name, value in (headers or {}).items()]
        started = time.monotonic()
        try:
            response = self._http.request(
                method,
                self._url,
                content=body,
                headers=lines,
                timeout=timeout_s,
                extensions={"target": target.encode("ascii")},
            )
        except httpx.LocalProtocolError:
            raise  # an error in the suite
        except httpx.TransportError as error:
            raise _no_answer(call, error, time.monotonic() - started) from None
        elapsed_s = time.monotonic() - started
        return Reply(call, response.status_code, response.headers, response.content, elapsed_s)


class Connection:
    """Raw connection, for requests that HTTP libraries refuse to send."""

    def __init__(self, address: tuple[str, int], timeout_s: float = ANSWER_TIMEOUT_S) -> None:
        self._host = f"{address[0]}:{address[1]}"
        self._socket = socket.create_connection(address, timeout=timeout_s)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._socket.close()

    def write(self, content: bytes) -> None:
        """Send these bytes."""
        self._socket.sendall(content)

    def exchange(
        self, method: str, target: str, headers: Mapping[str, str], body: bytes = b""
    ) -> Reply:
        """Send head and body unchanged, then read one response.

        A server may stop reading and still respond, so a failed write is not an error.
        Raises NoAnswerError if no response can be read.
        """
        call = f"{method} {target}"
        lines = [
            f"{method} {target} HTTP/1.1",
            f"Host: {self._host}",
            f"User-Agent: {user_agent()}",
        ]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        started = time.monotonic()
        try:
            self._socket.sendall("\r\n".join([*lines, "", ""]).encode("ascii"))
            self._socket.sendall(body)
        except OSError:
            pass
        response = http.client.HTTPResponse(self._socket, method=method)
        try:
            response.begin()
            content = response.read()
        except (OSError, http.client.HTTPException) as error:
            raise _no_answer(call, error, time.monotonic() - started) from None
        elapsed_s = time.monotonic() - started
        return Reply(
            call, response.status, httpx.Headers(response.getheaders()), content, elapsed_s
        )


def _bytes(value: str | bytes) -> bytes:
    return value.encode("ascii") if isinstance(value, str) else value


def _no_answer(call: str, error: Exception, elapsed_s: float) -> NoAnswerError:
    timed_out = isinstance(error, TimeoutError | httpx.TimeoutException)
    seen = f"none after {elapsed_s:.1f} s ({type(error).__name__}) from {shorten(call, 120)}"
    return NoAnswerError("an answer", seen, timed_out=timed_out)
