"""A contestant's HTTP server, without its work: answers as the contract says, and counts."""

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

STATUSES = {"/register": 201, "/invoice": 202}


@dataclass
class Served:
    port: int
    requests: Counter[str] = field(default_factory=Counter)
    """By method and last part of the path."""
    connections: set[int] = field(default_factory=set)
    """Ports of the clients."""
    refusals: int = 0
    """How many of the next requests get 503."""


@contextmanager
def serving() -> Iterator[Served]:
    """A server on a free loopback port."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = 4096  # head and body in one packet: the kernel would delay the second

        def do_GET(self) -> None:
            self._answer()

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            self._answer()

        def _answer(self) -> None:
            path = self.path.partition("?")[0]
            last = "/" + path.rpartition("/")[2]
            found.requests[f"{self.command} {last}"] += 1
            found.connections.add(self.client_address[1])
            status = STATUSES.get(last, 200)
            if found.refusals:
                found.refusals, status = found.refusals - 1, 503
            self.send_response(status)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"{}")

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    found = Served(server.server_address[1])
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    try:
        yield found
    finally:
        server.shutdown()
        server.server_close()
