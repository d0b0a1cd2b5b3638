"""Django's settings: https://docs.djangoproject.com/en/6.1/ref/settings/

Read once, at start. The environment gives the addresses and the key; everything else is a constant.
"""

import os
from urllib.parse import unquote, urlsplit

PAGE_SIZE = 20
TOKEN_LIFETIME_S = 3600
DATABASE_CONNECT_TIMEOUT_S = 1
BROKER_TIMEOUT_S = 1

SECRET_KEY = os.environ["JWT_SECRET"]  # signs the access tokens
DEBUG = False
ALLOWED_HOSTS = ["*"]  # reached in the lab's network only

INSTALLED_APPS = ["app"]
MIDDLEWARE = [
    "django.middleware.common.CommonMiddleware",
    "app.errors.ErrorMiddleware",
]
ROOT_URLCONF = "app.urls"
APPEND_SLASH = False
DATA_UPLOAD_MAX_MEMORY_SIZE = 65_536  # bytes
DATA_UPLOAD_MAX_NUMBER_FIELDS = None  # of a query, which the server's own limit bounds

_database = urlsplit(os.environ["DATABASE_URL"])
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": _database.path.removeprefix("/"),
        "USER": unquote(_database.username or ""),
        "PASSWORD": unquote(_database.password or ""),
        "HOST": _database.hostname,
        "PORT": _database.port,
        # Each thread keeps its connection: 3 processes x 4 threads make 12.
        "CONN_MAX_AGE": None,
        "OPTIONS": {
            "connect_timeout": DATABASE_CONNECT_TIMEOUT_S,
            "server_side_binding": True,
            "prepare_threshold": 0,
        },
    }
}

AUTH_USER_MODEL = "app.User"
PASSWORD_HASHERS = ["app.security.Argon2PasswordHasher"]

USE_TZ = True
TIME_ZONE = "UTC"
USE_I18N = False

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler", "level": "ERROR"}},
    "root": {"handlers": ["console"]},
}

REDIS_URL = os.environ["REDIS_URL"]

# https://docs.celeryq.dev/en/stable/userguide/configuration.html
CELERY_BROKER_URL = REDIS_URL
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 30,  # seconds
    # Look for tasks past it every 10 s; kombu's default is every tenth time, 100 s.
    "unacked_restore_throttle": 1,
    "socket_connect_timeout": BROKER_TIMEOUT_S,
    "socket_timeout": BROKER_TIMEOUT_S,
    "max_retries": 0,
}
CELERY_BROKER_CONNECTION_TIMEOUT = BROKER_TIMEOUT_S
# One attempt, because the answer is due within 2 s. A pooled connection that Redis has closed
# is not a failed attempt: redis-py sees that and opens another.
CELERY_TASK_PUBLISH_RETRY = False
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_ENABLE_REMOTE_CONTROL = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
