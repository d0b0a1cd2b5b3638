"""The application."""

from falcon.asgi import App

from app.auth import Login, Register
from app.database import create_engine, create_sessions
from app.errors import add_error_handlers
from app.health import Healthz, Readyz
from app.limits import BodyLimit, LimitedApp
from app.middleware import Authentication, ExactPath, Lifespan
from app.orders import CreateInvoice, GetOrder, ListOrders
from app.readiness import create_redis
from app.routing import OrderIdConverter, TaskIdConverter
from app.tasks import GetTask


def create_app() -> App:
    engine, redis = create_engine(), create_redis()
    sessions = create_sessions(engine)
    app = LimitedApp(
        middleware=[ExactPath(), Authentication(sessions), BodyLimit(), Lifespan(engine, redis)]
    )
    app.router_options.converters["order_id"] = OrderIdConverter
    app.router_options.converters["task_id"] = TaskIdConverter
    add_error_handlers(app)
    app.add_route("/healthz", Healthz())
    app.add_route("/readyz", Readyz(engine, redis))
    app.add_route("/api/v1/auth/register", Register(sessions))
    app.add_route("/api/v1/auth/login", Login(sessions))
    app.add_route("/api/v1/orders", ListOrders())
    app.add_route("/api/v1/orders/{order_id:order_id}", GetOrder())
    app.add_route("/api/v1/orders/{order_id:order_id}/invoice", CreateInvoice())
    app.add_route("/api/v1/tasks/{task_id:task_id}", GetTask())
    return app


app = create_app()
