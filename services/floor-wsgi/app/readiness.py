"""Whether PostgreSQL and Redis answer."""

from psycopg import OperationalError
from redis import Redis, RedisError

from app.database import connection
from app.settings import READINESS_TIMEOUT_S, REDIS_URL

# Fails at once: a readiness check asks again by itself.
redis = Redis.from_url(
    REDIS_URL,
    socket_connect_timeout=READINESS_TIMEOUT_S,
    socket_timeout=READINESS_TIMEOUT_S,
    retry=None,
)


def check_readiness() -> dict[str, bool]:
    return {"database": database_answers(), "redis": redis_answers()}


def database_answers() -> bool:
    try:
        connection().execute("SELECT 1")
    except OperationalError:
        return False
    return True


def redis_answers() -> bool:
    try:
        redis.ping()
    except RedisError:
        return False
    return True
