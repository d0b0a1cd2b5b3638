"""The application, and its server."""

import uvloop
from aiohttp import web

from app.auth import login, register
from app.errors import answer_errors
from app.health import healthz, readyz
from app.lifespan import open_database, open_redis
from app.orders import create_invoice, get_order, list_orders
from app.tasks import get_task

routes = [
    web.get("/healthz", healthz),
    web.get("/readyz", readyz),
    web.post("/api/v1/auth/register", register),
    web.post("/api/v1/auth/login", login),
    web.get("/api/v1/orders", list_orders),
    web.get("/api/v1/orders/{order_id}", get_order),
    web.post("/api/v1/orders/{order_id}/invoice", create_invoice),
    web.get("/api/v1/tasks/{task_id}", get_task, name="get_task"),
]


def create_app() -> web.Application:
    app = web.Application(middlewares=[answer_errors])
    app.cleanup_ctx.extend([open_database, open_redis])
    app.add_routes(routes)
    return app


if __name__ == "__main__":
    web.run_app(
        create_app(),
        host="0.0.0.0",
        port=8000,
        access_log=None,
        keepalive_timeout=75,
        loop=uvloop.new_event_loop(),
    )
