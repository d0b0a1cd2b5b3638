"""gunicorn's settings: https://gunicorn.org/reference/settings/"""

import socket
import time
from contextlib import suppress
from typing import Any

from gunicorn.http.message import Request
from gunicorn.http.wsgi import Response
from gunicorn.workers.base import Worker

wsgi_app = "app:create_app()"
bind = "0.0.0.0:8000"
worker_class = "gevent"
workers = 3  # 2 x cores + 1, on one core
keepalive = 75  # seconds
control_socket_disable = True  # it would need a writable home

# The application's MAX_BODY_BYTES; importing it here would load the application in the arbiter.
MAX_BODY_BYTES = 65_536
LINGER_S = 2
LINGER_MAX_BYTES = 8 * 2**20


def is_too_large(request: Request) -> bool:
    return int(dict(request.headers).get("CONTENT-LENGTH", 0)) >= MAX_BODY_BYTES


def pre_request(worker: Worker, request: Request) -> None:
    """Announce `Connection: close` where the body is too large to be read.

    gunicorn discards up to 64 KiB of an unread body and else closes the connection, which it
    would have announced to keep: a client that uses it again would find it closed.
    """
    if is_too_large(request):
        request.force_close()


def post_request(
    worker: Worker, request: Request, environ: dict[str, Any], response: Response
) -> None:
    """Read on, after the answer, what a client still sends of a body that is too large.

    Closing at once would reset the connection, and a client that sends on might not see the answer.
    """
    if not is_too_large(request) or not environ:
        return
    connection: socket.socket = environ["gunicorn.socket"]
    deadline = time.monotonic() + LINGER_S
    with suppress(OSError):
        for _ in range(LINGER_MAX_BYTES // MAX_BODY_BYTES):
            connection.settimeout(max(deadline - time.monotonic(), 0.001))
            if not environ["wsgi.input"].read(MAX_BODY_BYTES):
                break
    with suppress(OSError):
        # Else gunicorn waits for the client once more, in the worker's main thread.
        connection.shutdown(socket.SHUT_RDWR)
