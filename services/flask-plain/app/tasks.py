"""The state of an invoice's computation."""

from uuid import UUID

from flask import Blueprint
from flask.typing import ResponseReturnValue

from app.errors import limit_body
from app.extensions import get_or_404
from app.models import Task
from app.security import token_required

bp = Blueprint("tasks", __name__)


@bp.get("/<uuid:task_id>")
@token_required
@limit_body
def get_task(task_id: UUID) -> ResponseReturnValue:
    task = get_or_404(Task, task_id)
    return {"task_id": task.id, "status": task.status, "result": task.result}
