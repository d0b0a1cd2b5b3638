"""What has become of a task."""

from starlette.exceptions import HTTPException
from starlette.requests import Request

from app.authentication import open_user_session
from app.lifespan import State
from app.models import Task
from app.responses import OrjsonResponse
from app.validation import read_task_id


async def get_task(request: Request[State]) -> OrjsonResponse:
    async with open_user_session(request) as session:
        task = await session.get(Task, read_task_id(request))
    if task is None:
        raise HTTPException(404, "There is no such task.")
    return OrjsonResponse({"task_id": str(task.id), "status": task.status, "result": task.result})
