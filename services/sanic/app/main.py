"""The application."""

from sanic import Blueprint, Sanic

from app.auth import auth
from app.errors import add_error_handlers
from app.health import health
from app.lifespan import close_clients, open_clients
from app.orders import orders
from app.schemas import Credentials
from app.tasks import tasks
from app.validation import read_credentials

app = Sanic("levelbench", strict_slashes=True)
app.config.KEEP_ALIVE_TIMEOUT = 75
app.blueprint(health)
app.blueprint(Blueprint.group(auth, orders, tasks, version=1, version_prefix="/api/v"))
app.before_server_start(open_clients)
app.after_server_stop(close_clients)
app.ext.add_dependency(Credentials, read_credentials)
add_error_handlers(app)
