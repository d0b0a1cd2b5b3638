"""Parity ledger: the parity rules that were checked on a contestant, and the results."""

from pathlib import Path
from typing import Literal

from pydantic import AwareDatetime, Field

from levelbench.model.base import Amount, Model
from levelbench.model.files import load
from levelbench.model.vocabulary import Endpoint

LEDGER_SCHEMA_VERSION = 1

DECLARED = "declared, not proven"
"""Observed of a trait that the running container neither proves nor refutes."""


class ParityEntry(Model):
    """One entry of the parity ledger: a rule of equal work, and what was observed."""

    rule: str
    """`<rule of rules.RULES>: <what of it>`."""
    service: str
    expected: str
    observed: str
    holds: bool


class Verification(Model):
    """The result of `verify` for one contestant."""

    schema_version: Literal[1] = 1
    service: str
    key: str
    """Fingerprint of all that the outcome depends on: images, dataset, rules."""
    started_at: AwareDatetime
    duration_s: Amount
    entries: tuple[ParityEntry, ...]
    statements_per_request: dict[Endpoint, Amount] = Field(default_factory=dict)
    """Data statements, as PostgreSQL counted them."""

    @property
    def verified(self) -> bool:
        """Whether every rule holds."""
        return all(entry.holds for entry in self.entries)

    @property
    def broken(self) -> tuple[ParityEntry, ...]:
        """The rules that do not hold."""
        return tuple(entry for entry in self.entries if not entry.holds)


class VerifyReport(Model):
    """verify.json: the outcome of one `make verify`."""

    schema_version: Literal[1] = 1
    verified: bool
    services: dict[str, Verification]


def load_verification(path: Path) -> Verification:
    """Raises ResultsError for a missing, damaged or unknown file."""
    return load(path, Verification, LEDGER_SCHEMA_VERSION)
