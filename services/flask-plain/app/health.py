"""Whether the process is alive, and whether it can serve."""

from flask import Blueprint
from flask.typing import ResponseReturnValue
from redis import Redis, RedisError
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from app.errors import limit_body
from app.extensions import session
from app.settings import BROKER_TIMEOUT_S, REDIS_URL

bp = Blueprint("health", __name__)


def database_answers() -> bool:
    try:
        session.execute(text("SELECT 1"))
    except SQLAlchemyError:
        return False
    return True


def redis_answers() -> bool:
    try:
        with Redis.from_url(
            REDIS_URL,
            socket_connect_timeout=BROKER_TIMEOUT_S,
            socket_timeout=BROKER_TIMEOUT_S,
            retry=None,
        ) as redis:
            return bool(redis.ping())
    except RedisError:
        return False


@bp.get("/healthz")
@limit_body
def healthz() -> ResponseReturnValue:
    return {"status": "ok"}


@bp.get("/readyz")
@limit_body
def readyz() -> ResponseReturnValue:
    checks = {"database": database_answers(), "redis": redis_answers()}
    ready = all(checks.values())
    body = {"status": "ready" if ready else "unavailable", "checks": checks}
    return body, 200 if ready else 503
