"""What has become of a task."""

from aiohttp import web

from app.authentication import open_user_session
from app.models import Task
from app.validation import read_task_id


async def get_task(request: web.Request) -> web.Response:
    async with open_user_session(request) as session:
        task = await session.get(Task, read_task_id(request))
    if task is None:
        raise web.HTTPNotFound(reason="There is no such task.")
    return web.json_response(
        {"task_id": str(task.id), "status": task.status, "result": task.result}
    )
