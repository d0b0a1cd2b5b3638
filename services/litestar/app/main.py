"""The application."""

from advanced_alchemy.extensions.litestar import SQLAlchemyInitPlugin
from litestar import Litestar, Router

from app.auth import login, register
from app.authentication import AuthenticationMiddleware
from app.errors import exception_handlers
from app.health import healthz, readyz
from app.lifespan import alchemy, open_redis
from app.orders import create_invoice, get_order, list_orders
from app.parameters import type_decoders
from app.requests import ExactPathMiddleware, UTF8Request, limit_body
from app.tasks import get_task

public = Router("/api/v1/auth", route_handlers=[register, login])
private = Router(
    "/api/v1",
    route_handlers=[list_orders, get_order, create_invoice, get_task],
    middleware=[AuthenticationMiddleware],
)

app = Litestar(
    route_handlers=[healthz, readyz, public, private],
    lifespan=[open_redis],
    plugins=[SQLAlchemyInitPlugin(alchemy)],
    middleware=[ExactPathMiddleware()],
    guards=[limit_body],
    request_class=UTF8Request,
    type_decoders=type_decoders,
    exception_handlers=exception_handlers,
)
