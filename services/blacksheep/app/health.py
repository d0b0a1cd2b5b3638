"""Whether the process is alive, and whether it can serve."""

from blacksheep import Request, Response, json
from redis.asyncio import Redis
from sqlalchemy.ext.asyncio import AsyncEngine

from app.binders import limit_body
from app.readiness import check_readiness
from app.routing import get


@get("/healthz")
async def healthz(request: Request) -> Response:
    limit_body(request)
    return json({"status": "ok"})


@get("/readyz")
async def readyz(request: Request, engine: AsyncEngine, redis: Redis) -> Response:
    limit_body(request)
    checks = await check_readiness(engine, redis)
    if all(checks.values()):
        return json({"status": "ready", "checks": checks})
    return json({"status": "unavailable", "checks": checks}, 503)
