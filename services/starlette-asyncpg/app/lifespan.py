"""What is opened when the application starts and closed when it stops."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TypedDict

from asyncpg import Pool
from redis.asyncio import Redis
from starlette.applications import Starlette

from app.database import create_pool
from app.readiness import create_redis


class State(TypedDict):
    """The state that every request carries: https://starlette.dev/lifespan/#lifespan-state"""

    pool: Pool
    redis: Redis


@asynccontextmanager
async def lifespan(app: Starlette) -> AsyncIterator[State]:
    pool = await create_pool()
    redis = create_redis()
    yield {"pool": pool, "redis": redis}
    await redis.aclose()
    await pool.close()
