"""What the worker does."""

from celery import Task as CeleryTask
from django.db import close_old_connections
from django.db.models import F, Sum
from django.db.utils import InterfaceError, OperationalError
from django.utils import timezone

from app.celery import celery_app
from app.models import OrderItem, Task


class RecordedTask(CeleryTask):
    """A task whose final failure is written to its row."""

    def on_failure(
        self, exc: Exception, task_id: str, args: list[str], kwargs: object, einfo: object
    ) -> None:
        close_old_connections()  # the failure may have been the connection's
        Task.objects.filter(pk=args[0]).update(
            status=Task.Status.FAILED, finished_at=timezone.now()
        )


@celery_app.task(
    base=RecordedTask,
    # The database may be away for a while: try again rather than give up what was promised, at
    # intervals below the visibility timeout.
    autoretry_for=(InterfaceError, OperationalError),
    retry_backoff=True,
    retry_backoff_max=10,
    max_retries=None,
)
def compute_invoice(task_id: str) -> None:
    """Compute an order's invoice. Runs at least once, and the same however often it does."""
    task = Task.objects.get(pk=task_id)
    if task.status == Task.Status.SUCCEEDED:  # handed out again although it is done
        return
    task.status = Task.Status.RUNNING
    task.save(update_fields=["status"])
    items = OrderItem.objects.filter(order_id=task.order_id)
    total = items.aggregate(total=Sum(F("quantity") * F("unit_price"), default=0))["total"]
    task.status, task.finished_at = Task.Status.SUCCEEDED, timezone.now()
    task.result = {"order_id": task.order_id, "total": f"{total:.2f}"}
    task.save(update_fields=["status", "result", "finished_at"])
