"""The settings under ASGI: a pool in place of persistent connections.

https://docs.djangoproject.com/en/6.1/ref/databases/#connection-pool
"""

import os

from app.settings import *  # noqa: F403  Django reads every setting from one module
from app.settings import DATABASE_CONNECT_TIMEOUT_S, DATABASES

POOL_SIZE = int(os.environ.get("POOL_SIZE", "12"))
POOL_TIMEOUT_S = 1.5

DATABASES = {
    "default": {
        **DATABASES["default"],
        "CONN_MAX_AGE": 0,
        "OPTIONS": {
            "connect_timeout": DATABASE_CONNECT_TIMEOUT_S,
            "pool": {
                "min_size": POOL_SIZE,
                "max_size": POOL_SIZE,
                "timeout": POOL_TIMEOUT_S,
                # Give up soon: the next request then tries anew, at once.
                "reconnect_timeout": 1,
            },
        },
    }
}

PASSWORD_HASHERS = ["app.hashers.LimitedArgon2PasswordHasher"]
