"""What has become of a task."""

import json

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse

from app.authentication import require_user
from app.lifespan import State
from app.queries import find_task
from app.validation import read_task_id


async def get_task(request: Request[State]) -> JSONResponse:
    await require_user(request)
    task = await find_task(request.state["pool"], read_task_id(request))
    if task is None:
        raise HTTPException(404, "There is no such task.")
    # asyncpg gives jsonb as its text.
    result = json.loads(task["result"]) if task["result"] else None
    return JSONResponse({"task_id": str(task["id"]), "status": task["status"], "result": result})
