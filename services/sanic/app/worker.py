"""The Celery application and its one task. The API imports this module to publish."""

from functools import cache
from uuid import UUID

from celery import Celery
from celery import Task as CeleryTask
from sqlalchemy import create_engine, func, select
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
        # Look for tasks past it every 10 s; kombu's default is every tenth time, 100 s.
        "unacked_restore_throttle": 1,
        "socket_connect_timeout": BROKER_TIMEOUT_S,
        "socket_timeout": BROKER_TIMEOUT_S,
        "max_retries": 0,
    },
    # One attempt, because the answer is due within 2 s. A pooled connection that Redis has closed
    # is not a failed attempt: redis-py sees that and opens another.
    task_publish_retry=False,
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


class RecordedTask(CeleryTask):
    """A task whose final failure is written to its row."""

    def on_failure(
        self, exc: Exception, task_id: str, args: list[str], kwargs: object, einfo: object
    ) -> None:
        with sessions().begin() as session:
            task = session.get_one(Task, UUID(args[0]))
            task.status, task.finished_at = "failed", now()


@celery.task(
    base=RecordedTask,
    name="compute_invoice",
    # The database may be away for a while: try again rather than give up what was promised, at
    # intervals below the visibility timeout.
    autoretry_for=(OperationalError,),
    retry_backoff=True,
    retry_backoff_max=10,
    max_retries=None,
)
def compute_invoice(task_id: str) -> None:
    """Compute an order's invoice. Runs at least once, and the same however often it does."""
    with sessions()() as session:
        task = session.get_one(Task, UUID(task_id))
        if task.status == "succeeded":  # handed out again although it is done
            return
        task.status = "running"
        session.commit()
        total = session.scalar(
            select(func.coalesce(func.sum(OrderItem.quantity * OrderItem.unit_price), 0)).where(
                OrderItem.order_id == task.order_id
            )
        )
        task.status, task.finished_at = "succeeded", now()
        task.result = {"order_id": task.order_id, "total": f"{total:.2f}"}
        session.commit()
