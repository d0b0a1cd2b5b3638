"""The state of an invoice's computation."""

from uuid import UUID

from flask import Blueprint
from flask.typing import ResponseReturnValue
from flask_jwt_extended import jwt_required

from app.errors import limit_body
from app.extensions import db
from app.models import Task

bp = Blueprint("tasks", __name__)


@bp.get("/<uuid:task_id>")
@jwt_required()
@limit_body
def get_task(task_id: UUID) -> ResponseReturnValue:
    task = db.get_or_404(Task, task_id)
    return {"task_id": task.id, "status": task.status, "result": task.result}
