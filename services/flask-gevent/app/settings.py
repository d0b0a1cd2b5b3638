"""Settings, read once at start. The names that Flask's extensions define keep their spelling."""

import os

from sqlalchemy import make_url

DATABASE_URL = os.environ["DATABASE_URL"]
REDIS_URL = os.environ["REDIS_URL"]
JWT_SECRET = os.environ["JWT_SECRET"]

PAGE_SIZE = 20
TOKEN_LIFETIME_S = 3600
MAX_BODY_BYTES = 65_536

# The OWASP minimum for argon2id.
ARGON2_TIME_COST = 2
ARGON2_MEMORY_COST_KIB = 19_456
ARGON2_PARALLELISM = 1

POOL_SIZE = int(os.environ.get("POOL_SIZE", "4"))  # a connection for each of a worker's threads
POOL_TIMEOUT_S = 30
DATABASE_CONNECT_TIMEOUT_S = 1
BROKER_TIMEOUT_S = 1
VISIBILITY_TIMEOUT_S = 30

MAX_CONTENT_LENGTH = MAX_BODY_BYTES

SQLALCHEMY_DATABASE_URI = make_url(DATABASE_URL).set(drivername="postgresql+psycopg")
SQLALCHEMY_ENGINE_OPTIONS = {
    "pool_size": POOL_SIZE,
    "max_overflow": 0,
    "pool_timeout": POOL_TIMEOUT_S,
    "connect_args": {"connect_timeout": DATABASE_CONNECT_TIMEOUT_S},
}

CELERY = {
    "broker_url": REDIS_URL,
    "broker_connection_timeout": BROKER_TIMEOUT_S,
    "broker_connection_retry_on_startup": True,
    "broker_connection_max_retries": None,
    "broker_transport_options": {
        "visibility_timeout": VISIBILITY_TIMEOUT_S,
        # Look for tasks past it every 10 s; kombu's default is every tenth time, 100 s.
        "unacked_restore_throttle": 1,
        "socket_connect_timeout": BROKER_TIMEOUT_S,
        "socket_timeout": BROKER_TIMEOUT_S,
        "max_retries": 0,
    },
    # One attempt, because the answer is due within 2 s. A pooled connection that Redis has closed
    # is not a failed attempt: redis-py sees that and opens another.
    "task_publish_retry": False,
    "task_ignore_result": True,
    "task_acks_late": True,
    "task_reject_on_worker_lost": True,
    "worker_prefetch_multiplier": 1,
    "worker_enable_remote_control": False,
}
