"""Whether the process is alive, and whether it can serve."""

from litestar import Response, get
from litestar.datastructures import State
from sqlalchemy.ext.asyncio import AsyncEngine

from app.readiness import check_readiness
from app.responses import HealthOut, ReadinessOut


@get("/healthz")
async def healthz() -> HealthOut:
    return HealthOut()


@get("/readyz")
async def readyz(state: State, db_engine: AsyncEngine) -> Response[ReadinessOut]:
    checks = await check_readiness(db_engine, state.redis)
    if all(checks.values()):
        return Response(ReadinessOut("ready", checks))
    return Response(ReadinessOut("unavailable", checks), status_code=503)
