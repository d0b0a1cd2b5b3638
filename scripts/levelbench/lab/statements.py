"""SQL statements as PostgreSQL counts them (pg_stat_statements), by what they do."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from levelbench.lab.database import Database
from levelbench.model.vocabulary import Endpoint

DATA_STATEMENTS: dict[Endpoint, int] = {
    "register": 1,
    "login": 1,
    "list": 4,
    "detail": 3,
    "task": 3,
}
"""Data statements for each request, the user's look-up among them (the rule of equal work)."""

POLL_STATEMENTS = 2
"""Of a request for a task: the user's look-up and the task."""

USER_LOOKUP = "SELECT users"
COUNT_ORDERS = "COUNT orders"

_TRANSACTION = re.compile(r"\s*(BEGIN|START|COMMIT|END|ROLLBACK|ABORT|SAVEPOINT|RELEASE)\b", re.I)
_TABLE = re.compile(r'\b(?:FROM|INTO|UPDATE|TABLE)\s+(?:ONLY\s+)?"?(?:public"?\.)?"?(\w+)', re.I)
_COUNT = re.compile(r"\bcount\s*\(", re.I)
_LAB_TABLES = re.compile(r"\b(users|orders|order_items|tasks)\b")

# Everything that sessions of `role` ran on this database since the last reset.
_READ_SQL = """
SELECT coalesce(json_agg(json_build_object('query', query, 'calls', calls, 'rows', rows)), '[]')
FROM pg_stat_statements
WHERE dbid = (SELECT oid FROM pg_database WHERE datname = current_database())
  AND userid = (SELECT oid FROM pg_roles WHERE rolname = '{role}')
"""


@dataclass(frozen=True)
class Statement:
    """One normalised statement, and how often it ran."""

    query: str
    calls: int
    rows: int
    """Rows returned or changed, over all calls."""

    @property
    def is_transaction(self) -> bool:
        """Whether it only begins or ends a transaction."""
        return _TRANSACTION.match(self.query) is not None

    @property
    def is_housekeeping(self) -> bool:
        """Whether a driver forgets what it had prepared: psycopg does after a ROLLBACK, once in
        some hundred requests. It belongs to none of them.
        """
        return self.query.lstrip().upper().startswith("DEALLOCATE")

    @property
    def touches_data(self) -> bool:
        """Whether it names one of the contract's tables: a driver's look at the catalogue does
        not."""
        return not self.is_transaction and _LAB_TABLES.search(self.query) is not None

    @property
    def label(self) -> str:
        """Verb and table, such as `SELECT users` or `COUNT orders`."""
        verb = (self.query.split() or ["?"])[0].upper()
        if verb == "SELECT" and _COUNT.search(self.query):
            verb = "COUNT"
        tables: list[str] = _TABLE.findall(self.query)
        known = [table for table in tables if _LAB_TABLES.fullmatch(table)]
        named = (known or tables or [""])[0]
        return f"{verb} {named}".strip()


@dataclass(frozen=True)
class Tally:
    """What some requests, all of one kind, made the database do."""

    requests: int
    data: dict[str, int]
    """Data statements by label."""
    transaction: int
    rows: int
    """Rows of the data statements."""

    @classmethod
    def of(cls, statements: Iterable[Statement], requests: int) -> "Tally":
        data: Counter[str] = Counter()
        transaction = rows = 0
        for statement in statements:
            if statement.is_transaction:
                transaction += statement.calls
            elif not statement.is_housekeeping:
                data[statement.label] += statement.calls
                rows += statement.rows
        return cls(requests, dict(sorted(data.items())), transaction, rows)

    @property
    def data_calls(self) -> int:
        """Data statements, all labels together."""
        return sum(self.data.values())

    def per_request(self, calls: int) -> float:
        """Calls for each request."""
        return calls / self.requests


def rule(answers: Mapping[Endpoint, int], costs: Mapping[Endpoint, int] = DATA_STATEMENTS) -> int:
    """Data statements that so many answers of each endpoint cost: by the rule of equal work, or by
    other `costs` where an exhibit declares them."""
    return sum(costs[endpoint] * count for endpoint, count in answers.items() if count)


def reset(database: Database, name: str) -> None:
    """Forget what was counted so far."""
    database.psql("SELECT pg_stat_statements_reset()", name)


def read(database: Database, name: str, role: str) -> list[Statement]:
    """What sessions of `role` have run on the database since the last reset."""
    found = database.json(_READ_SQL.format(role=role), name)
    return [Statement(**statement) for statement in found]
