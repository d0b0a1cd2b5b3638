"""The connections, one for each thread.

Each statement is a transaction of its own, and psycopg prepares it on its first use and keeps it.
"""

from threading import local

import psycopg
from psycopg import Connection

from app.settings import DATABASE_CONNECT_TIMEOUT_S, DATABASE_URL

_thread = local()


def connection() -> Connection:
    """The thread's own, opened by its first request and again when the server closed it.

    Raises psycopg.OperationalError.
    """
    found: Connection | None = getattr(_thread, "connection", None)
    if found is None or found.closed:
        found = _thread.connection = psycopg.connect(
            DATABASE_URL,
            autocommit=True,
            prepare_threshold=0,
            connect_timeout=DATABASE_CONNECT_TIMEOUT_S,
        )
    return found
