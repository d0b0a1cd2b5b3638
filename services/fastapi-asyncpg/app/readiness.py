"""Whether PostgreSQL and Redis answer."""

from collections.abc import Awaitable, Callable

from anyio import create_task_group, move_on_after
from asyncpg import InterfaceError, Pool, PostgresError
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from app.settings import READINESS_TIMEOUT_S, REDIS_URL


def create_redis() -> Redis:
    """A client that fails at once: a readiness check asks again by itself."""
    return Redis.from_url(REDIS_URL, retry=Retry(NoBackoff(), 0))


async def check_readiness(pool: Pool, redis: Redis) -> dict[str, bool]:
    """Ask both at once, each for READINESS_TIMEOUT_S at most."""
    checks = {"database": False, "redis": False}

    async def check(name: str, ask: Callable[[], Awaitable[None]]) -> None:
        with move_on_after(READINESS_TIMEOUT_S):
            try:
                await ask()
                checks[name] = True
            except (OSError, RedisError, PostgresError, InterfaceError):
                pass

    async def ask_database() -> None:
        await pool.execute("SELECT 1")

    async def ask_redis() -> None:
        await redis.ping()

    async with create_task_group() as group:
        group.start_soon(check, "database", ask_database)
        group.start_soon(check, "redis", ask_redis)
    return checks
