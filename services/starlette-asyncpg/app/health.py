"""Whether the process is alive, and whether it can serve."""

from starlette.requests import Request
from starlette.responses import JSONResponse

from app.lifespan import State
from app.readiness import check_readiness
from app.validation import limit_body


async def healthz(request: Request[State]) -> JSONResponse:
    limit_body(request)
    return JSONResponse({"status": "ok"})


async def readyz(request: Request[State]) -> JSONResponse:
    limit_body(request)
    checks = await check_readiness(request.state["pool"], request.state["redis"])
    if all(checks.values()):
        return JSONResponse({"status": "ready", "checks": checks})
    return JSONResponse({"status": "unavailable", "checks": checks}, 503)
