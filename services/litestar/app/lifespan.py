"""What is opened when the application starts and closed when it stops."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from advanced_alchemy.extensions.litestar import SQLAlchemyAsyncConfig
from litestar import Litestar

from app.database import create_engine, create_sessions
from app.readiness import create_redis

engine = create_engine()
# The plugin opens a session per request, closes it when the response starts, and disposes of the
# engine when the application stops.
alchemy = SQLAlchemyAsyncConfig(engine_instance=engine, session_maker=create_sessions(engine))


@asynccontextmanager
async def open_redis(app: Litestar) -> AsyncIterator[None]:
    async with create_redis() as redis:
        app.state.redis = redis
        yield
