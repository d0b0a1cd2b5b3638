"""What has become of a task."""

from sanic import Blueprint, HTTPResponse, Request
from sanic.exceptions import NotFound
from sanic.response import json
from sqlalchemy.ext.asyncio import AsyncSession

from app.authentication import protected
from app.models import Task
from app.validation import parse_task_id

tasks = Blueprint("tasks", url_prefix="/tasks")


@tasks.get("/<task_id>")
@protected
async def get_task(request: Request, session: AsyncSession, task_id: str) -> HTTPResponse:
    task = await session.get(Task, parse_task_id(task_id))
    if task is None:
        raise NotFound("There is no such task.")
    return json({"task_id": str(task.id), "status": task.status, "result": task.result})
