"""Hands invoices to the worker."""

from uuid import UUID

from anyio import move_on_after, to_thread
from kombu.exceptions import OperationalError

from app.settings import BROKER_TIMEOUT_S
from app.worker import compute_invoice


async def publish_invoice(task_id: UUID) -> bool:
    """Publish on a thread, because Celery blocks; False if the broker does not take it in time."""
    with move_on_after(BROKER_TIMEOUT_S):
        try:
            await to_thread.run_sync(compute_invoice.delay, str(task_id), abandon_on_cancel=True)
        except (OSError, OperationalError):
            return False
        return True
    return False
