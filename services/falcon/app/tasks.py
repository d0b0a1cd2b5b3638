"""What has become of a task."""

from uuid import UUID

import falcon
from falcon.asgi import Request, Response

from app.models import Task


class GetTask:
    async def on_get(self, req: Request, resp: Response, task_id: UUID) -> None:
        task = await req.context.session.get(Task, task_id)
        if task is None:
            raise falcon.HTTPNotFound(title="There is no such task.")
        resp.media = {"task_id": str(task.id), "status": task.status, "result": task.result}
