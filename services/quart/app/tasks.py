"""What has become of a task."""

from uuid import UUID

from quart import Blueprint, abort, g
from quart.typing import ResponseReturnValue

from app.models import Task
from app.requests import close_session, limit_body, require_user

blueprint = Blueprint("tasks", __name__)
blueprint.before_request(require_user)
blueprint.before_request(limit_body)
blueprint.teardown_request(close_session)


@blueprint.get("/<uuid:task_id>")
async def get_task(task_id: UUID) -> ResponseReturnValue:
    task = await g.session.get(Task, task_id)
    if task is None:
        abort(404, "There is no such task.")
    return {"task_id": task.id, "status": task.status, "result": task.result}
