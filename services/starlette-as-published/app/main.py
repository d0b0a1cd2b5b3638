"""The application: the list alone."""

from starlette.applications import Starlette
from starlette.routing import Route

from app.errors import exception_handlers
from app.health import healthz, readyz
from app.lifespan import lifespan
from app.orders import list_orders

routes = [
    Route("/healthz", healthz),
    Route("/readyz", readyz),
    Route("/api/v1/orders", list_orders),
]

app = Starlette(
    routes=routes,
    lifespan=lifespan,
    exception_handlers=exception_handlers,
)
app.router.redirect_slashes = False
