"""What has become of a task."""

from app.authentication import check_user, read_user_id
from app.database import pool
from app.errors import not_found
from app.http import Request, Response
from app.validation import limit_body, read_task_id

SELECT_TASK = "SELECT status, result FROM tasks WHERE id = $1"


async def get_task(request: Request) -> Response:
    user_id = read_user_id(request)
    async with pool.connection() as connection:
        await check_user(connection, user_id)
        limit_body(request)
        task_id = read_task_id(request)
        task = await connection.fetchrow(SELECT_TASK, task_id)
    if task is None:
        raise not_found("There is no such task.")
    status, result = task
    # asyncpg gives jsonb as its text.
    return Response(
        200, f'{{"task_id":"{task_id}","status":"{status}","result":{result or "null"}}}'
    )
