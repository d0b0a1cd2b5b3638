"""Whether the process is alive, and whether it can serve."""

from starlette.requests import Request

from app.lifespan import State
from app.readiness import check_readiness
from app.responses import OrjsonResponse
from app.validation import limit_body


async def healthz(request: Request[State]) -> OrjsonResponse:
    limit_body(request)
    return OrjsonResponse({"status": "ok"})


async def readyz(request: Request[State]) -> OrjsonResponse:
    limit_body(request)
    checks = await check_readiness(request.state["engine"], request.state["redis"])
    if all(checks.values()):
        return OrjsonResponse({"status": "ready", "checks": checks})
    return OrjsonResponse({"status": "unavailable", "checks": checks}, 503)
