"""The back office: an application factory."""

from flask import Flask

from app import auth, errors, extensions, health, orders, tasks
from app.converters import BigIntConverter
from app.worker import celery_init_app


def create_app() -> Flask:
    """Make the application from `app.settings`."""
    app = Flask(__name__, static_folder=None)
    app.config.from_object("app.settings")
    app.json.sort_keys = False

    extensions.init_app(app)
    celery_init_app(app)
    errors.init_app(app)

    # A doubled slash is an unknown route, not a redirect.
    app.url_map.merge_slashes = False
    app.before_request(errors.refuse_leading_slashes)
    app.url_map.converters["bigint"] = BigIntConverter

    app.register_blueprint(health.bp)
    for blueprint in (auth.bp, orders.bp, tasks.bp):
        app.register_blueprint(blueprint, url_prefix=f"/api/v1/{blueprint.name}")
    return app
