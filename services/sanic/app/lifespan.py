"""What is opened when the server starts and closed when it stops.

https://sanic.dev/en/guide/basics/listeners.html
"""

from sanic import Sanic

from app.database import create_engine, create_sessions
from app.readiness import create_redis


async def open_clients(app: Sanic) -> None:
    app.ctx.engine = create_engine()
    app.ctx.sessions = create_sessions(app.ctx.engine)
    app.ctx.redis = create_redis()


async def close_clients(app: Sanic) -> None:
    await app.ctx.redis.aclose()
    await app.ctx.engine.dispose()
