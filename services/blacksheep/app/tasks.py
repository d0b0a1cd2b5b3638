"""What has become of a task."""

from blacksheep import Response, json
from blacksheep.exceptions import NotFound
from blacksheep.server.authorization import auth

from app.binders import FromTaskId, FromUserSession
from app.models import Task
from app.routing import get


@auth()
@get("/api/v1/tasks/{task_id}", name="get_task")
async def get_task(session: FromUserSession, task_id: FromTaskId) -> Response:
    task = await session.value.get(Task, task_id.value)
    if task is None:
        raise NotFound("There is no such task.")
    return json({"task_id": str(task.id), "status": task.status, "result": task.result})
