"""Hands invoices to the worker."""

from uuid import UUID

from anyio import to_thread
from kombu.exceptions import OperationalError

from app.broker import COMPUTE_INVOICE, celery


async def publish_invoice(task_id: UUID) -> bool:
    """Publish on a thread, because Celery blocks; False if the broker does not take it."""
    try:
        await to_thread.run_sync(celery.send_task, COMPUTE_INVOICE, (str(task_id),))
    except OperationalError:
        return False
    return True
