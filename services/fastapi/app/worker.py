"""The Celery application and its one task. The API imports this module to publish."""

from functools import cache

from celery import Celery
from celery import Task as CeleryTask
from sqlalchemy import create_engine, func, select, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session, sessionmaker

from app.models import OrderItem, Task, now
from app.settings import (
    BROKER_TIMEOUT_S,
    DATABASE_CONNECT_TIMEOUT_S,
    REDIS_URL,
    VISIBILITY_TIMEOUT_S,
    database_url,
)

celery = Celery("levelbench", broker=REDIS_URL)
celery.conf.update(
    task_ignore_result=True,
    # A task is confirmed when it is done: one whose worker dies is handed out again.
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    worker_prefetch_multiplier=1,
    worker_enable_remote_control=False,
    broker_connection_retry_on_startup=True,
    broker_connection_max_retries=None,
    broker_transport_options={
        "visibility_timeout": VISIBILITY_TIMEOUT_S,
        "socket_connect_timeout": BROKER_TIMEOUT_S,
        "socket_timeout": BROKER_TIMEOUT_S,
    },
    # Once more at once, for a pooled connection that Redis has closed; no longer than that.
    task_publish_retry_policy={"max_retries": 1, "interval_start": 0, "interval_step": 0},
)


@cache
def sessions() -> sessionmaker[Session]:
    """The worker's own small pool, opened by its first task and never by the API."""
    engine = create_engine(
        database_url("postgresql+psycopg"),
        pool_size=1,
        max_overflow=1,
        connect_args={"connect_timeout": DATABASE_CONNECT_TIMEOUT_S},
    )
    return sessionmaker(engine, expire_on_commit=False)


def record(task_id: str, **values: object) -> int | None:
    """Write a task's new state and return its order's id; None if the task is over as failed."""
    with sessions().begin() as session:
        return session.scalar(
            update(Task)
            .where(Task.id == task_id, Task.status != "failed")
            .values(**values)
            .returning(Task.order_id)
        )


class RecordedTask(CeleryTask):
    """A task whose final failure is written to its row."""

    def on_failure(
        self, exc: Exception, task_id: str, args: list[str], kwargs: object, einfo: object
    ) -> None:
        record(args[0], status="failed", finished_at=now())


@celery.task(
    base=RecordedTask,
    name="compute_invoice",
    # The database may be away for a moment: try again rather than give up what was promised.
    autoretry_for=(OperationalError,),
    retry_backoff=True,
    max_retries=5,
)
def compute_invoice(task_id: str) -> None:
    """Compute an order's invoice. Runs at least once, and the same however often it does."""
    order_id = record(task_id, status="running")
    if order_id is None:  # its publisher gave up waiting for Redis, and said so
        return
    with sessions()() as session:
        total = session.scalar(
            select(func.coalesce(func.sum(OrderItem.quantity * OrderItem.unit_price), 0)).where(
                OrderItem.order_id == order_id
            )
        )
    record(
        task_id,
        status="succeeded",
        result={"order_id": order_id, "total": f"{total:.2f}"},
        finished_at=now(),
    )
