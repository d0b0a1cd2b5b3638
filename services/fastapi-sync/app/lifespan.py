"""What is opened when the application starts and closed when it stops."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TypedDict

from redis import Redis
from sqlalchemy import Engine
from starlette.applications import Starlette

from app.database import Sessions, create_engine, create_sessions
from app.readiness import create_redis


class State(TypedDict):
    """The state that every request carries: https://starlette.dev/lifespan/#lifespan-state"""

    engine: Engine
    sessions: Sessions
    redis: Redis


@asynccontextmanager
async def lifespan(app: Starlette) -> AsyncIterator[State]:
    engine = create_engine()
    redis = create_redis()
    yield {"engine": engine, "sessions": create_sessions(engine), "redis": redis}
    redis.close()
    engine.dispose()
