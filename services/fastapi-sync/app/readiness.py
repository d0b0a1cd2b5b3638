"""Whether PostgreSQL and Redis answer."""

from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry
from sqlalchemy import Engine, text
from sqlalchemy.exc import SQLAlchemyError

from app.settings import READINESS_TIMEOUT_S, REDIS_URL


def create_redis() -> Redis:
    """A client that fails at once: a readiness check asks again by itself."""
    return Redis.from_url(
        REDIS_URL,
        retry=Retry(NoBackoff(), 0),
        socket_connect_timeout=READINESS_TIMEOUT_S,
        socket_timeout=READINESS_TIMEOUT_S,
    )


def check_readiness(engine: Engine, redis: Redis) -> dict[str, bool]:
    checks = {"database": True, "redis": True}
    try:
        with engine.connect() as connection:
            connection.execute(text("SELECT 1"))
    except SQLAlchemyError:
        checks["database"] = False
    try:
        redis.ping()
    except RedisError:
        checks["redis"] = False
    return checks
