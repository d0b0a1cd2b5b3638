"""Checks of a guest that is up."""

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from levelbench.contestants.discovery import discover
from levelbench.contestants.extension import ContestantError
from levelbench.lab import prepare
from levelbench.lab.address import Address
from levelbench.lab.up import Running
from levelbench.model.rules import Rule
from levelbench.verify import guest
from levelbench.verify.parity import caps, settings
from levelbench.verify.parity.ground import Ground


def passes(journey: Path, timeout_s: float) -> None:
    assert journey.name == "journey.js"


def fails(journey: Path, timeout_s: float) -> None:
    raise ContestantError("services/url-shortener/journey.js: follow failed the check redirects")


def running(try_journey: Callable[[Path, float], None], **tables: str) -> Running:
    """A guest whose databases have these tables."""
    database = SimpleNamespace(psql=lambda sql, name: tables[name])
    lab = SimpleNamespace(
        database=database,
        seats=[SimpleNamespace(generator=SimpleNamespace(try_journey=try_journey))],
        config=SimpleNamespace(limits=SimpleNamespace(prepare_timeout_s=1.0)),
    )
    service = discover()["url-shortener"]
    contestant = SimpleNamespace(name=service.name, service=service)
    return cast(
        Running,
        SimpleNamespace(
            lab=lab, contestant=contestant, database="guest",
            endpoint=Address("http://127.0.0.1:9", "url-shortener"),
        ),
    )  # fmt: skip


@pytest.fixture(autouse=True)
def lab_rules(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of the rules that contestants follow too, tests/unit/verify/parity has the tests."""

    def holds(rule: Rule) -> Callable[[Ground], None]:
        return lambda ground: ground.record(rule, "x", "1", "1")

    monkeypatch.setattr(caps, "audit", holds("CPU and memory"))
    monkeypatch.setattr(settings, "audit", holds("server settings"))
    monkeypatch.setattr(prepare, "migrate", lambda *_: None)


def test_its_journey_its_schema_and_its_caps_are_checked() -> None:
    said: list[str] = []
    found = guest.audit(running(passes, guest="links", Migrated="links"), said.append)
    assert said == ["behaviour", "schema and indexes", "CPU and memory", "server settings"]
    assert [entry.rule.partition(":")[0] for entry in found.entries] == said
    assert all(entry.holds for entry in found.entries)


def test_a_table_that_the_service_makes_itself_is_found() -> None:
    found = guest.audit(running(passes, guest="links, visits", Migrated="links"), lambda _: None)
    (broken,) = (entry for entry in found.entries if not entry.holds)
    assert (broken.expected, broken.observed) == ("links, visits", "links")


def test_a_journey_that_fails_is_its_own_error() -> None:
    with pytest.raises(ContestantError, match="follow failed the check redirects"):
        guest.audit(running(fails, guest="links", Migrated="links"), lambda _: None)
