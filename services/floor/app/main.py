"""The reference: what the contract costs without a framework. A reference, not a contestant.

Bare ASGI, SQL by hand on asyncpg, JSON written as text: the fewest steps in plain Python that give
the contract's answers, errors and promises. Nothing is left out and nothing is cached, so what a
framework takes beyond this is the framework's. It is not ranked, because nobody would keep a
service of any size this way: each route repeats what a framework says once.
"""

import logging
import re
from collections.abc import Mapping

from app import errors
from app.auth import login, register
from app.database import UnavailableError, pool
from app.errors import ApiError
from app.health import healthz, readyz
from app.http import ClientDisconnectedError, Handler, Receive, Request, Response, Scope, Send
from app.orders import create_invoice, get_order, list_orders
from app.readiness import redis
from app.tasks import get_task

logger = logging.getLogger("uvicorn.error")

type Methods = Mapping[str, Handler]

ROUTES: Mapping[str, Methods] = {
    "/healthz": {"GET": healthz},
    "/readyz": {"GET": readyz},
    "/api/v1/auth/register": {"POST": register},
    "/api/v1/auth/login": {"POST": login},
    "/api/v1/orders": {"GET": list_orders},
}
# By what stands before and after the parameter.
PARAMETER_ROUTES: Mapping[tuple[str, str], Methods] = {
    ("/api/v1/orders/", ""): {"GET": get_order},
    ("/api/v1/orders/", "/invoice"): {"POST": create_invoice},
    ("/api/v1/tasks/", ""): {"GET": get_task},
}
PARAMETER = re.compile("(/api/v1/[a-z]+/)([^/]+)(.*)", re.DOTALL)


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "lifespan":
        await lifespan(receive, send)
        return
    try:
        response = await respond(scope, receive)
    except ClientDisconnectedError:
        return
    except ApiError as error:
        response = error.response()
    except UnavailableError:
        response = errors.unavailable().response()
    except Exception:
        logger.exception("Unhandled exception")
        response = errors.internal_error().response()
    await response.send(send)


async def respond(scope: Scope, receive: Receive) -> Response:
    path = scope["path"]
    methods, parameter = ROUTES.get(path), ""
    if methods is None and (match := PARAMETER.fullmatch(path)):
        prefix, parameter, suffix = match.groups()
        methods = PARAMETER_ROUTES.get((prefix, suffix))
    if methods is None:
        raise errors.not_found()
    handler = methods.get(scope["method"])
    if handler is None:
        raise errors.method_not_allowed()
    return await handler(Request(scope, receive, parameter))


async def lifespan(receive: Receive, send: Send) -> None:
    """Nothing to open: connections are made as they are needed."""
    await receive()
    await send({"type": "lifespan.startup.complete"})
    await receive()
    await redis.aclose()
    await pool.close()
    await send({"type": "lifespan.shutdown.complete"})
