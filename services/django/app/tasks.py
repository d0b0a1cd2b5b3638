"""What the worker does."""

from decimal import Decimal

from django.db import close_old_connections
from django.db.models import F, Sum
from django.utils import timezone

from app.celery import celery_app
from app.models import OrderItem, Task


@celery_app.task
def compute_invoice(task_id: str) -> None:
    """Store the order's total with the task. Delivered at least once, so idempotent."""
    try:
        task = Task.objects.get(pk=task_id)
        task.status = Task.Status.RUNNING
        task.save(update_fields=["status"])
        items = OrderItem.objects.filter(order_id=task.order_id)
        total = items.aggregate(
            total=Sum(F("quantity") * F("unit_price"), default=Decimal("0.00"))
        )["total"]
        task.status = Task.Status.SUCCEEDED
        task.result = {"order_id": task.order_id, "total": str(total)}
        task.finished_at = timezone.now()
        task.save(update_fields=["status", "result", "finished_at"])
    except Exception:
        close_old_connections()  # the failure may have been the connection's
        Task.objects.filter(pk=task_id).update(
            status=Task.Status.FAILED, finished_at=timezone.now()
        )
        raise
