"""The back office, the list alone: an application factory."""

from flask import Flask

from app import errors, health, orders
from app.extensions import db, migrate
from app.worker import celery_init_app


def create_app() -> Flask:
    """Make the application from `app.settings`."""
    app = Flask(__name__, static_folder=None)
    app.config.from_object("app.settings")

    db.init_app(app)
    migrate.init_app(app, db)
    celery_init_app(app)
    errors.init_app(app)

    # A doubled slash is an unknown route, not a redirect.
    app.url_map.merge_slashes = False
    app.before_request(errors.refuse_leading_slashes)

    app.register_blueprint(health.bp)
    app.register_blueprint(orders.bp, url_prefix=f"/api/v1/{orders.bp.name}")
    return app
