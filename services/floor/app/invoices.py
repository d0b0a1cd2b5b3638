"""Hands invoices to the worker."""

from asyncio import get_running_loop
from concurrent.futures import ThreadPoolExecutor

from kombu.exceptions import OperationalError

from app.broker import COMPUTE_INVOICE, celery
from app.settings import PUBLISHING_THREADS

publishing = ThreadPoolExecutor(PUBLISHING_THREADS)


async def publish_invoice(task_id: str) -> bool:
    """Publish on a thread, because Celery blocks; False if the broker does not take it."""
    try:
        await get_running_loop().run_in_executor(publishing, send_invoice, task_id)
    except OperationalError:
        return False
    return True


def send_invoice(task_id: str) -> None:
    celery.send_task(COMPUTE_INVOICE, (task_id,), ignore_result=True)
