"""The one task. `app.broker` has the Celery application, without what only the worker needs."""

from datetime import UTC, datetime

import psycopg
from celery import Task as CeleryTask
from psycopg import Connection, OperationalError
from psycopg.types.json import Jsonb

from app.broker import COMPUTE_INVOICE, celery
from app.settings import DATABASE_CONNECT_TIMEOUT_S, DATABASE_URL

SELECT_TASK = "SELECT order_id, status FROM tasks WHERE id = %s"
START_TASK = "UPDATE tasks SET status = 'running' WHERE id = %s"
SUM_ITEMS = "SELECT coalesce(sum(quantity * unit_price), 0) FROM order_items WHERE order_id = %s"
FINISH_TASK = """
    UPDATE tasks SET status = 'succeeded', result = %s, finished_at = %s WHERE id = %s
"""
FAIL_TASK = "UPDATE tasks SET status = 'failed', finished_at = %s WHERE id = %s"


class InvoiceTask(CeleryTask):
    """A task with a database connection, and whose final failure is written to its row."""

    _database: Connection | None = None

    @property
    def database(self) -> Connection:
        """The worker's own, opened by its first task and again when the server closed it."""
        if self._database is None or self._database.closed:
            self._database = psycopg.connect(
                DATABASE_URL, connect_timeout=DATABASE_CONNECT_TIMEOUT_S
            )
        return self._database

    def on_failure(
        self, exc: Exception, task_id: str, args: list[str], kwargs: object, einfo: object
    ) -> None:
        with self.database.transaction():
            self.database.execute(FAIL_TASK, (datetime.now(UTC), args[0]))


@celery.task(
    bind=True,
    base=InvoiceTask,
    name=COMPUTE_INVOICE,
    # The database may be away for a while: try again rather than give up what was promised, at
    # intervals below the visibility timeout.
    autoretry_for=(OperationalError,),
    retry_backoff=True,
    retry_backoff_max=10,
    max_retries=None,
)
def compute_invoice(self: InvoiceTask, task_id: str) -> None:
    """Compute an order's invoice. Runs at least once, and the same however often it does."""
    connection = self.database
    with connection.transaction():
        found = connection.execute(SELECT_TASK, (task_id,)).fetchone()
        if found is None:
            raise LookupError(f"there is no task {task_id}")
        order_id, status = found
        if status == "succeeded":  # handed out again although it is done
            return
        connection.execute(START_TASK, (task_id,))
    with connection.transaction():
        (total,) = connection.execute(SUM_ITEMS, (order_id,)).fetchone()
        result = Jsonb({"order_id": order_id, "total": f"{total:.2f}"})
        connection.execute(FINISH_TASK, (result, datetime.now(UTC), task_id))
