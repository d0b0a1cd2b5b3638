"""The task queue: what views publish to and the worker consumes."""

from celery import Celery

# Without Celery's Django fix-up, which closes the connection pool around every task:
# https://github.com/celery/celery/issues/10554
celery_app = Celery("levelbench", fixups=[])
celery_app.config_from_object("django.conf:settings", namespace="CELERY")
