"""Whether the process is alive, and whether it can serve."""

from fastapi import APIRouter, Depends, Request, Response

from app.dependencies import limit_body
from app.readiness import check_readiness
from app.responses import ChecksOut, HealthOut, ReadinessOut

router = APIRouter(dependencies=[Depends(limit_body)])


@router.get("/healthz")
async def healthz() -> HealthOut:
    return HealthOut()


@router.get("/readyz")
async def readyz(request: Request, response: Response) -> ReadinessOut:
    checks = await check_readiness(request.state.pool, request.state.redis)
    if all(checks.values()):
        return ReadinessOut(status="ready", checks=ChecksOut(**checks))
    response.status_code = 503
    return ReadinessOut(status="unavailable", checks=ChecksOut(**checks))
