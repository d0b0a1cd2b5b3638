"""The application."""

from starlette.applications import Starlette
from starlette.routing import Route

from app.auth import login, register
from app.errors import exception_handlers
from app.health import healthz, readyz
from app.lifespan import lifespan
from app.orders import create_invoice, get_order, list_orders
from app.tasks import get_task
from app.validation import InvalidFieldsError, validation_error

routes = [
    Route("/healthz", healthz),
    Route("/readyz", readyz),
    Route("/api/v1/auth/register", register, methods=["POST"]),
    Route("/api/v1/auth/login", login, methods=["POST"]),
    Route("/api/v1/orders", list_orders),
    Route("/api/v1/orders/{order_id}", get_order),
    Route("/api/v1/orders/{order_id}/invoice", create_invoice, methods=["POST"]),
    Route("/api/v1/tasks/{task_id}", get_task),
]

app = Starlette(
    routes=routes,
    lifespan=lifespan,
    exception_handlers={**exception_handlers, InvalidFieldsError: validation_error},
)
app.router.redirect_slashes = False
