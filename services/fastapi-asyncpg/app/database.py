"""The pool of connections, and which errors mean that the database is away."""

import asyncpg
from asyncpg import Connection, InterfaceError, Pool, PostgresError

from app.settings import DATABASE_CONNECT_TIMEOUT_S, DATABASE_URL, POOL_SIZE

# SQLSTATE classes: connection exception, insufficient resources, operator intervention.
# https://www.postgresql.org/docs/17/errcodes-appendix.html
UNAVAILABLE_SQLSTATE_CLASSES = ("08", "53", "57")


async def keep(connection: Connection) -> None:
    """Each statement stands by itself: there is nothing to undo."""


async def create_pool() -> Pool:
    """A pool of at most POOL_SIZE connections, opened as they are needed."""
    return await asyncpg.create_pool(
        DATABASE_URL,
        min_size=0,
        max_size=POOL_SIZE,
        timeout=DATABASE_CONNECT_TIMEOUT_S,
        reset=keep,
    )


def is_unavailable(error: PostgresError | InterfaceError) -> bool:
    """Whether the server is away, rather than the statement wrong."""
    sqlstate = getattr(error, "sqlstate", None) or ""
    return isinstance(error, InterfaceError) or sqlstate.startswith(UNAVAILABLE_SQLSTATE_CLASSES)
