"""What has become of a task."""

from litestar import get
from litestar.exceptions import NotFoundException
from sqlalchemy.ext.asyncio import AsyncSession

from app.models import Task
from app.parameters import TaskId
from app.responses import TaskOut


@get("/tasks/{task_id:str}", name="get_task")
async def get_task(db_session: AsyncSession, task_id: TaskId) -> TaskOut:
    task = await db_session.get(Task, task_id)
    if task is None:
        raise NotFoundException("There is no such task.")
    return TaskOut(task.id, task.status, task.result)
