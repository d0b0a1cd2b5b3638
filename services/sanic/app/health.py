"""Whether the process is alive, and whether it can serve."""

from sanic import Blueprint, HTTPResponse, Request
from sanic.response import json

from app.readiness import check_readiness
from app.validation import limit_body

health = Blueprint("health")


@health.get("/healthz")
async def healthz(request: Request) -> HTTPResponse:
    limit_body(request)
    return json({"status": "ok"})


@health.get("/readyz")
async def readyz(request: Request) -> HTTPResponse:
    limit_body(request)
    checks = await check_readiness(request.app.ctx.engine, request.app.ctx.redis)
    if all(checks.values()):
        return json({"status": "ready", "checks": checks})
    return json({"status": "unavailable", "checks": checks}, 503)
