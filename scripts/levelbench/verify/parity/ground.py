"""Context of a parity check: the running contestant, its database and the ledger."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from levelbench.contestants import sweep
from levelbench.contestants.specification import Spec
from levelbench.lab.database import OWNER
from levelbench.lab.up import Running
from levelbench.model.ledger import ParityEntry
from levelbench.model.rules import Rule
from levelbench.model.vocabulary import Container, Endpoint
from levelbench.verify.contract import Subject
from levelbench.verify.contract.subject import POOL_SIZE

AT_ONCE = 2 * POOL_SIZE
"""Concurrent requests that make a contestant open its whole pool."""
REQUESTS = 24
"""Requests of each kind whose statements are counted. Reasoned: two for each pooled connection."""

T = TypeVar("T")


@dataclass
class Ground:
    """A running contestant, access to it, and its ledger."""

    running: Running
    subject: Subject
    requests: int = REQUESTS
    entries: list[ParityEntry] = field(default_factory=list)
    statements_per_request: dict[Endpoint, float] = field(default_factory=dict)
    """Data statements, once they have been counted."""
    protocol: tuple[str, ...] | None = None
    """How reads may have run, once PostgreSQL's log has been read (trait `protocol`)."""

    @property
    def spec(self) -> Spec:
        """The contestant's service.toml."""
        return self.running.contestant.service.spec

    @property
    def pool(self) -> int:
        """Database connections that it must have: as every contestant, or as a sweep sets."""
        service = self.running.contestant.service
        return sweep.connections(service) if service.environment else POOL_SIZE

    def record(
        self, rule: Rule, what: str, expected: str, observed: str, holds: bool | None = None
    ) -> None:
        """Add a ledger line. Unless `holds` is given, it holds if observed equals expected."""
        self.entries.append(
            ParityEntry(
                rule=f"{rule}: {what}",
                service=self.running.contestant.name,
                expected=expected,
                observed=observed,
                holds=expected == observed if holds is None else holds,
            )
        )

    def sql(self, text: str) -> str:
        """Run SQL on the contestant's database as the superuser. Raises EngineError."""
        return self.running.lab.database.psql(text, self.running.database)

    def json(self, text: str) -> Any:
        """Run SQL that returns one JSON value, and parse it."""
        return self.running.lab.database.json(text, self.running.database)

    def exec(self, script: str, container: Container = "service") -> str:
        """Run a shell script in a container and return its output."""
        return self.running.lab.site.exec(container, ["sh", "-c", script])

    def connections(self, role: str = OWNER) -> int:
        """Count sessions of `role` on the contestant's database."""
        return int(
            self.sql(
                "SELECT count(*) FROM pg_stat_activity "
                f"WHERE datname = current_database() AND usename = '{role}'"
            )
        )

    def each(self, call: Callable[[int], T], times: int, at_once: int = POOL_SIZE) -> list[T]:
        """Run `call(0)` to `call(times - 1)`, several at once, so that all processes take part."""
        answers: list[T] = []
        for start in range(0, times, at_once):
            numbers = range(start, min(start + at_once, times))
            answers += self.subject.at_once([_bound(call, number) for number in numbers])
        return answers


def _bound(call: Callable[[int], T], number: int) -> Callable[[], T]:
    return lambda: call(number)
