"""What has become of a task."""

import json
from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException, Path

from app.dependencies import PoolDep, get_current_user, limit_body
from app.queries import find_task
from app.responses import TaskOut
from app.schemas import TaskId

router = APIRouter(
    prefix="/tasks", tags=["tasks"], dependencies=[Depends(get_current_user), Depends(limit_body)]
)


@router.get("/{task_id}", response_model=TaskOut)
async def get_task(pool: PoolDep, task_id: Annotated[TaskId, Path()]) -> dict[str, Any]:
    task = await find_task(pool, task_id)
    if task is None:
        raise HTTPException(404, "There is no such task.")
    # asyncpg gives jsonb as its text.
    result = json.loads(task["result"]) if task["result"] else None
    return {"task_id": task["id"], "status": task["status"], "result": result}
