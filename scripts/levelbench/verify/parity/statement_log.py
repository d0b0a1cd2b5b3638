"""Parse PostgreSQL's statement log: a second count, and prepared statements."""

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from levelbench.lab.database import OWNER
from levelbench.verify.parity.ground import Ground

SETTLE_S = 0.3
"""Time for a reload to reach the sessions, and for their lines to reach the engine's log."""
# `statement:` is the simple protocol, `execute <name>:` the extended one. Repeated fetches from a
# portal belong to one execution.
_LINE = re.compile(r"^(\w+)@\S* LOG:  (statement|execute [^:]+): (.*)$", re.MULTILINE)
UNNAMED = "<unnamed>"


@dataclass(frozen=True)
class LoggedStatement:
    """One execution of a statement."""

    name: str | None
    """Name of the prepared statement; None if it is not prepared."""
    query: str
    """First line of the statement."""
    simple: bool
    """Whether it was sent by the simple protocol, whose results are text."""


@contextmanager
def logging(ground: Ground) -> Iterator[None]:
    """Make PostgreSQL log every statement inside this context."""
    ground.sql("ALTER SYSTEM SET log_line_prefix = '%u@%d '")
    ground.sql("ALTER SYSTEM SET log_statement = 'all'")
    _reload(ground)
    try:
        yield
    finally:
        ground.sql("ALTER SYSTEM RESET ALL")
        _reload(ground)


def _reload(ground: Ground) -> None:
    ground.sql("SELECT pg_reload_conf()")
    time.sleep(SETTLE_S)


def now_s() -> float:
    """Current time in seconds since the epoch, after all earlier statements are logged."""
    time.sleep(SETTLE_S)
    return time.time()


def read(ground: Ground, since_s: float, role: str = OWNER) -> list[LoggedStatement]:
    """Statements that sessions of `role` have run since then."""
    time.sleep(SETTLE_S)
    return parse("".join(ground.running.lab.site.logs("postgres", since_s=since_s)), role)


def parse(text: str, role: str) -> list[LoggedStatement]:
    """Executions by sessions of `role` in a log."""
    return [
        LoggedStatement(
            None if how in ("statement", f"execute {UNNAMED}") else how.removeprefix("execute "),
            query,
            simple=how == "statement",
        )
        for user, how, query in _LINE.findall(text)
        if user == role
    ]
