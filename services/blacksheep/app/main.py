"""The application."""

from collections.abc import AsyncIterator

from blacksheep import Application

from app import auth, health, orders, tasks  # noqa: F401 - their handlers are in the router
from app.authentication import TokenAuthentication, UserSession
from app.database import create_engine, create_sessions
from app.errors import set_exception_handlers
from app.readiness import create_redis
from app.routing import refuse, router


def create_app() -> Application:
    app = Application(router=router)
    engine, redis = create_engine(), create_redis()
    sessions = create_sessions(engine)
    for service in (engine, redis, sessions):
        app.services.add_instance(service)

    @app.lifespan
    async def close_services() -> AsyncIterator[None]:
        yield
        await redis.aclose()
        await engine.dispose()

    app.use_authentication().add(TokenAuthentication())
    app.use_authorization()
    app.middlewares.append(UserSession(sessions))
    set_exception_handlers(app)
    router.fallback = refuse
    return app


app = create_app()
