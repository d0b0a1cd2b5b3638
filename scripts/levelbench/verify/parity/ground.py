"""What the rules of equal work are held against: a running contestant and its database."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from levelbench.contestants.discovery import Spec
from levelbench.lab.database import OWNER
from levelbench.lab.up import Running
from levelbench.model.ledger import ParityEntry
from levelbench.model.rules import Rule
from levelbench.model.vocabulary import Container, Endpoint
from levelbench.verify.contract import Subject

POOL_SIZE = 12
"""Connections of every contestant."""
AT_ONCE = 2 * POOL_SIZE
"""Requests at the same time that make a contestant open its whole pool."""
REQUESTS = 24
"""Requests of each kind whose statements are counted."""

T = TypeVar("T")


@dataclass
class Ground:
    """A running contestant, how it is reached, and the ledger that is being filled."""

    running: Running
    subject: Subject
    requests: int = REQUESTS
    entries: list[ParityEntry] = field(default_factory=list)
    statements_per_request: dict[Endpoint, float] = field(default_factory=dict)
    """Data statements, once they have been counted."""

    @property
    def spec(self) -> Spec:
        """What its service.toml says."""
        return self.running.contestant.service.spec

    def hold(
        self, rule: Rule, what: str, expected: str, observed: str, holds: bool | None = None
    ) -> None:
        """Enter one line; it holds when what was observed is what was expected, unless said."""
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
        """What SQL that answers one JSON value says, parsed."""
        return self.running.lab.database.json(text, self.running.database)

    def exec(self, script: str, container: Container = "service") -> str:
        """The output of a shell script in a container."""
        return self.running.lab.site.exec(container, ["sh", "-c", script])

    def connections(self, role: str = OWNER) -> int:
        """Sessions of `role` on the contestant's database."""
        return int(
            self.sql(
                "SELECT count(*) FROM pg_stat_activity "
                f"WHERE datname = current_database() AND usename = '{role}'"
            )
        )

    def each(self, call: Callable[[int], T], times: int, at_once: int = POOL_SIZE) -> list[T]:
        """`call(0)` to `call(times - 1)`, some at once, so that all processes have a share."""
        answers: list[T] = []
        for start in range(0, times, at_once):
            numbers = range(start, min(start + at_once, times))
            answers += self.subject.at_once([_bound(call, number) for number in numbers])
        return answers


def _bound(call: Callable[[int], T], number: int) -> Callable[[], T]:
    return lambda: call(number)
