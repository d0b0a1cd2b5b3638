"""What has become of a task."""

from app.authentication import check_user, read_user_id
from app.database import connection
from app.errors import not_found
from app.http import Request, Response
from app.validation import limit_body, read_task_id

SELECT_TASK = "SELECT status, result::text FROM tasks WHERE id = %s"


def get_task(request: Request) -> Response:
    user_id = read_user_id(request)
    database = connection()
    check_user(database, user_id)
    limit_body(request)
    task_id = read_task_id(request)
    task = database.execute(SELECT_TASK, (task_id,)).fetchone()
    if task is None:
        raise not_found("There is no such task.")
    status, result = task
    return Response(
        200, f'{{"task_id":"{task_id}","status":"{status}","result":{result or "null"}}}'
    )
