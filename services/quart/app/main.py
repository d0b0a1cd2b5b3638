"""The application."""

from collections.abc import AsyncIterator

from quart import Quart
from quart_schema import QuartSchema

from app import auth, errors, health, orders, tasks
from app.converters import BigIntConverter
from app.database import create_engine, create_sessions
from app.readiness import create_redis
from app.requests import UTF8Request
from app.settings import MAX_BODY_BYTES


def create_app() -> Quart:
    app = Quart(__name__, static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = MAX_BODY_BYTES
    app.request_class = UTF8Request
    QuartSchema(app)
    app.json.sort_keys = False
    errors.init_app(app)

    # A doubled slash is an unknown route, not a redirect.
    app.url_map.merge_slashes = False
    app.before_request(errors.refuse_leading_slashes)
    app.url_map.converters["bigint"] = BigIntConverter

    @app.while_serving
    async def open_services() -> AsyncIterator[None]:
        app.engine, app.redis = create_engine(), create_redis()
        app.sessions = create_sessions(app.engine)
        yield
        await app.redis.aclose()
        await app.engine.dispose()

    app.register_blueprint(health.blueprint)
    app.register_blueprint(auth.blueprint, url_prefix="/api/v1/auth")
    app.register_blueprint(orders.blueprint, url_prefix="/api/v1/orders")
    app.register_blueprint(tasks.blueprint, url_prefix="/api/v1/tasks")
    return app


app = create_app()
