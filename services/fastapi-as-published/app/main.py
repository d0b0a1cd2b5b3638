"""The application: the list alone."""

from fastapi import APIRouter, FastAPI
from fastapi.exceptions import RequestValidationError

from app import health, orders
from app.errors import exception_handlers
from app.lifespan import lifespan
from app.validation import validation_error

api = APIRouter(prefix="/api/v1")
api.include_router(orders.router)

app = FastAPI(
    title="Levelbench",
    lifespan=lifespan,
    redirect_slashes=False,
    exception_handlers={**exception_handlers, RequestValidationError: validation_error},
)
app.include_router(health.router)
app.include_router(api)
