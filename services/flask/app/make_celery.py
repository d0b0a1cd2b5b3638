"""What `celery --app app.make_celery` runs, as Flask's documentation has it."""

from app import create_app

flask_app = create_app()
celery_app = flask_app.extensions["celery"]
