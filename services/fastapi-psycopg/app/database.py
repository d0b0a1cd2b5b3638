"""The pool of connections, its sessions, and which errors mean that the database is away."""

from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.ext.asyncio import (
    AsyncEngine,
    AsyncSession,
    async_sessionmaker,
    create_async_engine,
)

from app.settings import DATABASE_CONNECT_TIMEOUT_S, POOL_SIZE, database_url

type Sessions = async_sessionmaker[AsyncSession]

# SQLSTATE classes: connection exception, insufficient resources, operator intervention.
# https://www.postgresql.org/docs/17/errcodes-appendix.html
UNAVAILABLE_SQLSTATE_CLASSES = ("08", "53", "57")


def create_engine() -> AsyncEngine:
    """An engine of at most POOL_SIZE connections, opened as they are needed."""
    return create_async_engine(
        database_url("postgresql+psycopg"),
        pool_size=POOL_SIZE,
        max_overflow=0,
        connect_args={"connect_timeout": DATABASE_CONNECT_TIMEOUT_S},
    )


def create_sessions(engine: AsyncEngine) -> Sessions:
    # A row is answered from after its commit: expiring it would cost another SELECT.
    return async_sessionmaker(engine, expire_on_commit=False)


def is_unavailable(error: DBAPIError) -> bool:
    """Whether the server is away, rather than the statement wrong."""
    sqlstate = getattr(error.orig, "sqlstate", None) or ""
    # psycopg gives no SQLSTATE where it could not connect.
    refused = isinstance(error, OperationalError) and not sqlstate
    return (
        refused or error.connection_invalidated or sqlstate.startswith(UNAVAILABLE_SQLSTATE_CLASSES)
    )
