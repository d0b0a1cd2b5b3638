"""Hands invoices to the worker."""

from uuid import UUID

from kombu.exceptions import OperationalError

from app.worker import compute_invoice


def publish_invoice(task_id: UUID) -> bool:
    """Publish; False if the broker does not take it."""
    try:
        compute_invoice.delay(str(task_id))
    except OperationalError:
        return False
    return True
