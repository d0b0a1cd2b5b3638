"""The Celery application: the API publishes with it, the worker runs it."""

from celery import Celery

from app.settings import BROKER_TIMEOUT_S, REDIS_URL, VISIBILITY_TIMEOUT_S

COMPUTE_INVOICE = "compute_invoice"

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
