"""What has become of a task."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException, Path

from app.dependencies import SessionsDep, get_current_user, limit_body
from app.models import Task
from app.responses import TaskOut
from app.schemas import TaskId

router = APIRouter(
    prefix="/tasks", tags=["tasks"], dependencies=[Depends(get_current_user), Depends(limit_body)]
)


@router.get("/{task_id}", response_model=TaskOut)
def get_task(sessions: SessionsDep, task_id: Annotated[TaskId, Path()]) -> dict[str, Any]:
    with sessions() as session:
        task = session.get(Task, task_id)
    if task is None:
        raise HTTPException(404, "There is no such task.")
    return {"task_id": task.id, "status": task.status, "result": task.result}
