"""What uvicorn serves."""

import os
from collections.abc import Awaitable, Callable
from typing import Any

from django.conf import settings
from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "app.asgi_settings")

type Receive = Callable[[], Awaitable[dict[str, Any]]]

django_application = get_asgi_application()


async def application(scope: dict[str, Any], receive: Receive, send: Callable[..., Any]) -> None:
    """Django reads a body before it calls the view, which refuses a large one by its length: such
    a body is not waited for.
    """
    length = int(dict(scope["headers"]).get(b"content-length", 0))
    if length > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
        receive = without_body(receive)
    await django_application(scope, receive, send)


def without_body(receive: Receive) -> Receive:
    """An empty body, then the end of the connection."""
    messages = iter([{"type": "http.request", "body": b"", "more_body": False}])

    async def received() -> dict[str, Any]:
        if message := next(messages, None):
            return message
        while (message := await receive())["type"] != "http.disconnect":
            pass
        return message

    return received
