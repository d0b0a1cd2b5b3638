"""The Celery application, set up as Flask's documentation does, and its one task.

https://flask.palletsprojects.com/en/stable/patterns/celery/
"""

from typing import Any

from celery import Celery, shared_task
from celery import Task as CeleryTask
from flask import Flask
from sqlalchemy import func, select, update
from sqlalchemy.exc import OperationalError

from app.extensions import db
from app.models import OrderItem, Task, now


def record(task_id: str, **values: Any) -> int:
    """Write a task's new state and return its order's id."""
    order_id = db.session.scalars(
        update(Task).where(Task.id == task_id).values(**values).returning(Task.order_id)
    ).one()
    db.session.commit()
    return order_id


def celery_init_app(app: Flask) -> Celery:
    class FlaskTask(CeleryTask):
        """A task that runs in the application's context and whose final failure is recorded."""

        def __call__(self, *args: object, **kwargs: object) -> object:
            with app.app_context():
                return self.run(*args, **kwargs)

        def on_failure(
            self, exc: Exception, task_id: str, args: list[str], kwargs: object, einfo: object
        ) -> None:
            with app.app_context():
                record(args[0], status="failed", finished_at=now())

    celery_app = Celery(app.name, task_cls=FlaskTask)
    celery_app.config_from_object(app.config["CELERY"])
    celery_app.set_default()
    app.extensions["celery"] = celery_app
    return celery_app


@shared_task(
    # The database may be away for a while: try again rather than give up what was promised, at
    # intervals below the visibility timeout.
    autoretry_for=(OperationalError,),
    retry_backoff=True,
    retry_backoff_max=10,
    max_retries=None,
)
def compute_invoice(task_id: str) -> None:
    """Compute an order's invoice. Runs at least once, and the same however often it does."""
    order_id = record(task_id, status="running")
    total = db.session.scalar(
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
