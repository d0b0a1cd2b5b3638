"""Settings, read once at start: the environment's, then the named constants."""

import os

from sqlalchemy import URL, make_url

DATABASE_URL = os.environ["DATABASE_URL"]
REDIS_URL = os.environ["REDIS_URL"]
JWT_SECRET = os.environ["JWT_SECRET"]

PAGE_SIZE = 20
MAX_BODY_BYTES = 65_536

TOKEN_LIFETIME_S = 3600
# The OWASP minimum for argon2id:
# https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html#argon2id
ARGON2_TIME_COST = 2
ARGON2_MEMORY_COST_KIB = 19_456
ARGON2_PARALLELISM = 1
# Hashes at once: on the default 40 threads they would take 40 x 19 MiB.
HASHING_THREADS = 2

POOL_SIZE = int(os.environ.get("POOL_SIZE", "6"))
# A database or a broker that is away is answered with 503 within 2 s.
DATABASE_CONNECT_TIMEOUT_S = 1
BROKER_TIMEOUT_S = 1
READINESS_TIMEOUT_S = 1
# Redis hands a task out again if its worker has not confirmed it by then.
VISIBILITY_TIMEOUT_S = 30


def database_url(drivername: str) -> URL:
    """DATABASE_URL with SQLAlchemy's name of the driver to use."""
    return make_url(DATABASE_URL).set(drivername=drivername)
