"""PostgreSQL's own log of statements: a second count, and whether they run as prepared ones."""

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from levelbench.lab.database import OWNER
from levelbench.verify.parity.ground import Ground

SETTLE_S = 0.3
"""A reload reaches the sessions by signal; what they wrote reaches the engine's log by a pipe."""
# `statement:` is the simple protocol, `execute <name>:` the extended one; a portal that is fetched
# from again is the same execution.
_LINE = re.compile(r"^(\w+)@\S* LOG:  (?:statement|execute ([^:]+)): (.*)$", re.MULTILINE)
UNNAMED = "<unnamed>"


@dataclass(frozen=True)
class LoggedStatement:
    """One execution."""

    name: str | None
    """Of the prepared statement; None where there is none."""
    query: str
    """Its first line."""


@contextmanager
def logging(ground: Ground) -> Iterator[None]:
    """Let PostgreSQL log every statement for as long as the context lasts."""
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
    """A moment, seconds since the epoch, before which nothing more will be logged."""
    time.sleep(SETTLE_S)
    return time.time()


def read(ground: Ground, since_s: float, role: str = OWNER) -> list[LoggedStatement]:
    """What sessions of `role` have run since then."""
    time.sleep(SETTLE_S)
    return parse("".join(ground.running.lab.site.logs("postgres", since_s=since_s)), role)


def parse(text: str, role: str) -> list[LoggedStatement]:
    """The executions that a log tells of sessions of `role`."""
    return [
        LoggedStatement(None if name in ("", UNNAMED) else name, query)
        for user, name, query in _LINE.findall(text)
        if user == role
    ]
