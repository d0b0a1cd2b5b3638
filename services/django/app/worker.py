"""What Celery's worker serves, as wsgi.py is what gunicorn does."""

import os

import django
from celery.signals import task_postrun, task_prerun
from django.db import close_old_connections

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "app.settings")
django.setup()

from app.celery import celery_app  # noqa: E402
from app.tasks import compute_invoice  # noqa: E402

__all__ = ["celery_app", "compute_invoice"]


@task_prerun.connect
@task_postrun.connect
def check_connection(**kwargs: object) -> None:
    """Treat a task as Django treats a request: a broken connection is closed, any other kept."""
    close_old_connections()
