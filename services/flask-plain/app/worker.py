"""The Celery application, set up as Flask's documentation does, and its one task.

https://flask.palletsprojects.com/en/stable/patterns/celery/
"""

from uuid import UUID

from celery import Celery, shared_task
from celery import Task as CeleryTask
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError

from app.extensions import session
from app.models import OrderItem, Task, now


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
                task = session.get_one(Task, UUID(args[0]))
                task.status, task.finished_at = "failed", now()
                session.commit()

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
