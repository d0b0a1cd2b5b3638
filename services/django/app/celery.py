"""The task queue: what views publish to and the worker consumes."""

from celery import Celery

# Without Celery's Django fix-up, which closes the database connection around every task:
# https://github.com/celery/celery/blob/main/celery/fixups/django.py
celery_app = Celery("levelbench", fixups=[])
celery_app.config_from_object("django.conf:settings", namespace="CELERY")
