"""The pool of connections, and which errors mean that the database is away.

asyncpg's own pool sends four statements when a connection is given back, to undo what its user
may have done to the session, and hands out proxies. Here every statement stands alone, so there is
nothing to undo. asyncpg prepares a statement on its first use and keeps it.
"""

from asyncio import CancelledError, Semaphore
from time import monotonic
from types import TracebackType

import asyncpg
from asyncpg import Connection

from app.settings import DATABASE_CONNECT_TIMEOUT_S, DATABASE_URL, POOL_SIZE

# SQLSTATE classes: connection exception, insufficient resources, operator intervention.
# https://www.postgresql.org/docs/17/errcodes-appendix.html
UNAVAILABLE_SQLSTATE_CLASSES = ("08", "53", "57")


class UnavailableError(Exception):
    """The database is away."""


class Pool:
    """At most POOL_SIZE connections, opened as they are needed; the last one used comes first."""

    def __init__(self) -> None:
        self._slots = Semaphore(POOL_SIZE)
        self._idle: list[Connection] = []
        self._failed_at = -1.0

    def connection(self) -> "Lease":
        """A connection for the length of an `async with`. Raises UnavailableError."""
        return Lease(self)

    async def take(self) -> Connection:
        asked_at = monotonic()
        await self._slots.acquire()
        try:
            while self._idle:
                connection = self._idle.pop()
                if not connection.is_closed():
                    return connection
            # Who waited while others failed to connect does not try again on the same request:
            # the waits would add up.
            if self._failed_at > asked_at:
                raise UnavailableError
            return await self._connect()
        except BaseException:
            self._slots.release()
            raise

    def give_back(self, connection: Connection) -> None:
        self._idle.append(connection)
        self._slots.release()

    async def close(self) -> None:
        for connection in self._idle:
            await connection.close()

    async def _connect(self) -> Connection:
        try:
            return await asyncpg.connect(DATABASE_URL, timeout=DATABASE_CONNECT_TIMEOUT_S)
        except Exception as error:
            self._failed_at = monotonic()
            if is_unavailable(error):
                raise UnavailableError from error
            raise


class Lease:
    """A connection on loan from the pool."""

    __slots__ = ("_connection", "_pool")

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def __aenter__(self) -> Connection:
        self._connection = await self._pool.take()
        return self._connection

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        connection = self._connection
        if isinstance(error, CancelledError):
            connection.terminate()  # in the middle of a statement, perhaps
        self._pool.give_back(connection)  # if it is closed, who takes it next sees that
        if isinstance(error, Exception) and (connection.is_closed() or is_unavailable(error)):
            raise UnavailableError from error


def is_unavailable(error: Exception) -> bool:
    """Whether the server is away, rather than the statement wrong."""
    if isinstance(error, asyncpg.PostgresError):
        return (error.sqlstate or "").startswith(UNAVAILABLE_SQLSTATE_CLASSES)
    # A refused connection, a name that does not resolve, the built-in TimeoutError.
    return isinstance(error, OSError)


pool = Pool()
