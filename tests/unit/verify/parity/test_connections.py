"""The count of connections, under a load whose connections the kernel assigns to processes."""

import time
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import cast

import pytest

from levelbench.lab.database import OWNER
from levelbench.model.ledger import ParityEntry
from levelbench.verify.parity import connections
from levelbench.verify.parity.ground import Ground


@dataclass
class Server:
    """Opens as many sessions as the connections of a round let it; it keeps them open."""

    deals: list[int]
    """Sessions that each round's connections make it open."""
    sessions: int = 0
    entries: list[ParityEntry] = field(default_factory=list)
    pool: int = 12

    @property
    def subject(self) -> "Server":
        return self

    def reconnect(self) -> None:
        self.sessions = max(self.sessions, self.deals.pop(0))

    def get(self, target: str, timeout_s: float) -> SimpleNamespace:
        time.sleep(0.001)  # an instant answer would let 100 clients fight for the interpreter
        return SimpleNamespace(status=200)

    def connections(self, role: str) -> int:
        return self.sessions if role == OWNER else 1

    def record(
        self, rule: str, what: str, expected: str, seen: str, holds: bool | None = None
    ) -> None:
        holds = expected == seen if holds is None else holds
        self.entries.append(
            ParityEntry(rule=what, service="x", expected=expected, observed=seen, holds=holds)
        )


def broken(deals: list[int], monkeypatch: pytest.MonkeyPatch, pool: int = 12) -> list[str]:
    monkeypatch.setattr(connections, "ROUND_S", 0.0)
    server = Server(deals, pool=pool)
    connections.audit(cast(Ground, server))
    return [f"{entry.rule}: {entry.observed}" for entry in server.entries if not entry.holds]


def test_connects_anew_when_a_process_was_dealt_too_few(monkeypatch: pytest.MonkeyPatch) -> None:
    assert broken([11, 11, 12], monkeypatch) == []


def test_a_smaller_pool_breaks_the_rule(monkeypatch: pytest.MonkeyPatch) -> None:
    assert broken([11] * connections.ROUNDS_MAX, monkeypatch) == ["with 100 clients: 11"]


def test_a_bigger_pool_breaks_the_rule(monkeypatch: pytest.MonkeyPatch) -> None:
    assert broken([24], monkeypatch) == ["with 100 clients: 24"]


@pytest.mark.parametrize(("pool", "seen"), [(2, 2), (36, 36)])
def test_a_sweep_sets_the_number(pool: int, seen: int, monkeypatch: pytest.MonkeyPatch) -> None:
    assert broken([seen], monkeypatch, pool) == []


def test_a_pool_that_a_sweep_did_not_reach_breaks_the_rule(monkeypatch: pytest.MonkeyPatch) -> None:
    assert broken([12], monkeypatch, 2) == ["with 100 clients: 12"]
    rounds = [12] * connections.ROUNDS_MAX
    assert broken(rounds, monkeypatch, 60) == ["with 120 clients: 12"]
