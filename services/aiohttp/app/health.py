"""Whether the process is alive, and whether it can serve."""

from aiohttp import web

from app.lifespan import ENGINE, REDIS
from app.readiness import check_readiness
from app.validation import limit_body


async def healthz(request: web.Request) -> web.Response:
    limit_body(request)
    return web.json_response({"status": "ok"})


async def readyz(request: web.Request) -> web.Response:
    limit_body(request)
    checks = await check_readiness(request.app[ENGINE], request.app[REDIS])
    if all(checks.values()):
        return web.json_response({"status": "ready", "checks": checks})
    return web.json_response({"status": "unavailable", "checks": checks}, status=503)
