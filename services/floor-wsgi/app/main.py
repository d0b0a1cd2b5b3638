"""The reference of WSGI: what the contract costs without a framework. Not a contestant.

Bare WSGI, SQL by hand on psycopg, JSON written as text: the fewest steps in plain Python that give
the contract's answers, errors and promises. Nothing is left out and nothing is cached, so what a
framework takes beyond this is the framework's. services/floor is the same for ASGI. Neither is
ranked, because a service of any size is not maintainable this way: each route repeats what a
framework says once.
"""

import logging
import re
from collections.abc import Iterable, Mapping

from psycopg import OperationalError

from app import errors
from app.auth import login, register
from app.errors import ApiError
from app.health import healthz, readyz
from app.http import Environ, Handler, Request, Response, StartResponse
from app.orders import create_invoice, get_order, list_orders
from app.tasks import get_task

logger = logging.getLogger("gunicorn.error")

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


def app(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
    try:
        response = respond(environ)
    except ApiError as error:
        response = error.response()
    except OperationalError:
        response = errors.unavailable().response()
    except Exception:
        logger.exception("Unhandled exception")
        response = errors.internal_error().response()
    return response.send(start_response)


def respond(environ: Environ) -> Response:
    path = environ["PATH_INFO"]
    methods, parameter = ROUTES.get(path), ""
    if methods is None and (match := PARAMETER.fullmatch(path)):
        prefix, parameter, suffix = match.groups()
        methods = PARAMETER_ROUTES.get((prefix, suffix))
    if methods is None:
        raise errors.not_found()
    handler = methods.get(environ["REQUEST_METHOD"])
    if handler is None:
        raise errors.method_not_allowed()
    return handler(Request(environ, parameter))
