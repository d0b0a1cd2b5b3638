"""Whether PostgreSQL and Redis answer."""

from asyncio import gather, timeout
from collections.abc import Awaitable, Callable

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from app.database import UnavailableError, pool
from app.settings import READINESS_TIMEOUT_S, REDIS_URL

# Fails at once: a readiness check asks again by itself.
redis = Redis.from_url(REDIS_URL, retry=Retry(NoBackoff(), 0))


async def check_readiness() -> dict[str, bool]:
    """Ask both at once, each for READINESS_TIMEOUT_S at most."""
    database_answers, redis_answers = await gather(answers(ask_database), answers(ask_redis))
    return {"database": database_answers, "redis": redis_answers}


async def answers(ask: Callable[[], Awaitable[object]]) -> bool:
    try:
        async with timeout(READINESS_TIMEOUT_S):
            await ask()
    except (OSError, RedisError, UnavailableError):
        return False
    return True


async def ask_database() -> None:
    async with pool.connection() as connection:
        await connection.execute("SELECT 1")


async def ask_redis() -> None:
    await redis.ping()
