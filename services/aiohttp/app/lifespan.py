"""What is opened when the application starts and closed when it stops.

https://docs.aiohttp.org/en/stable/web_advanced.html#cleanup-context
"""

from collections.abc import AsyncIterator

from aiohttp import web
from redis.asyncio import Redis
from sqlalchemy.ext.asyncio import AsyncEngine, async_sessionmaker

from app.database import create_engine, create_sessions
from app.readiness import create_redis

ENGINE = web.AppKey("ENGINE", AsyncEngine)
SESSIONS = web.AppKey("SESSIONS", async_sessionmaker)
REDIS = web.AppKey("REDIS", Redis)


async def open_database(app: web.Application) -> AsyncIterator[None]:
    app[ENGINE] = create_engine()
    app[SESSIONS] = create_sessions(app[ENGINE])
    yield
    await app[ENGINE].dispose()


async def open_redis(app: web.Application) -> AsyncIterator[None]:
    app[REDIS] = create_redis()
    yield
    await app[REDIS].aclose()
