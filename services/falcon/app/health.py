"""Whether the process is alive, and whether it can serve."""

import falcon
from falcon.asgi import Request, Response
from redis.asyncio import Redis
from sqlalchemy.ext.asyncio import AsyncEngine

from app.readiness import check_readiness


class Healthz:
    is_public = True

    async def on_get(self, req: Request, resp: Response) -> None:
        resp.media = {"status": "ok"}


class Readyz:
    is_public = True

    def __init__(self, engine: AsyncEngine, redis: Redis) -> None:
        self.engine = engine
        self.redis = redis

    async def on_get(self, req: Request, resp: Response) -> None:
        checks = await check_readiness(self.engine, self.redis)
        if all(checks.values()):
            resp.media = {"status": "ready", "checks": checks}
        else:
            resp.status = falcon.HTTP_SERVICE_UNAVAILABLE
            resp.media = {"status": "unavailable", "checks": checks}
