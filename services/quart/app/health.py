"""Whether the process is alive, and whether it can serve."""

from quart import Blueprint, current_app
from quart.typing import ResponseReturnValue

from app.readiness import check_readiness
from app.requests import limit_body

blueprint = Blueprint("health", __name__)
blueprint.before_request(limit_body)


@blueprint.get("/healthz")
async def healthz() -> ResponseReturnValue:
    return {"status": "ok"}


@blueprint.get("/readyz")
async def readyz() -> ResponseReturnValue:
    checks = await check_readiness(current_app.engine, current_app.redis)
    if all(checks.values()):
        return {"status": "ready", "checks": checks}
    return {"status": "unavailable", "checks": checks}, 503
