"""Preparation of a contestant on an engine in memory."""

import math

import pytest

from levelbench.contestants.discovery import discover
from levelbench.lab import prepare
from levelbench.lab.lab import Contestant, Lab
from levelbench.lab.site import ContainerFailedError, EngineError
from tests.unit.bench.conftest import ROWS
from tests.unit.lab.memory import (
    Container,
    Memory,
    Site,
    ends,
    never_ready,
)


class TestPrepare:
    def prepare(self, lab: Lab) -> prepare.Prepared:
        return prepare.prepare(lab, Contestant(discover()["flask"], "flask:1"), ROWS, {})

    def test_registers_users_and_keeps_a_template(self, lab: Lab, engine: Memory) -> None:
        found = self.prepare(lab)
        assert (len(found.users), found.user_rows) == (100, 101)
        assert (found.template, found.memory_idle_mib) == ("flask", 100.0)
        assert set(engine.made["bench"].containers) == {"postgres", "redis"}

    def test_a_migration_that_fails_says_why(self, lab: Lab, engine: Memory) -> None:
        engine.programs["migrate"] = ends(1, "Traceback\nOperationalError: no such table\n")
        with pytest.raises(ContainerFailedError) as caught:
            self.prepare(lab)
        assert caught.value.cause == (
            "migrate exited with status 1: OperationalError: no such table"
        )
        assert caught.value.output == ("Traceback", "OperationalError: no such table")
        assert "migrate" not in engine.made["bench"].containers

    @pytest.mark.parametrize(
        ("program", "cause"),
        [
            (ends(107, "users: 503 instead of 201\n"), "could not be created: users: 503"),
            (ends(0), "could not be read from k6's output"),
        ],
    )
    def test_users_that_cannot_be_created(
        self, lab: Lab, engine: Memory, program: object, cause: str
    ) -> None:
        engine.programs["prepare.js"] = program  # type: ignore[assignment]
        with pytest.raises(EngineError, match=cause):
            self.prepare(lab)
        assert set(engine.made["bench"].containers) == {"postgres", "redis"}

    def test_a_contestant_that_ends_as_users_log_in(self, lab: Lab, engine: Memory) -> None:
        def kills(site: Site, container: Container) -> None:
            site.containers["service"].end(1)
            container.end(107)

        engine.programs["prepare.js"] = kills
        with pytest.raises(EngineError, match="the contestant exited with status 1 as users"):
            self.prepare(lab)

    def test_one_that_does_not_become_ready(self, lab: Lab, engine: Memory) -> None:
        engine.programs["service"] = never_ready
        with pytest.raises(EngineError, match=r"not ready within 0.05 s; its last line: still imp"):
            self.prepare(lab)


class TestGuest:
    """A guest fills its own database and has no users."""

    def test_migrates_and_seeds(self, lab: Lab, engine: Memory) -> None:
        ran: list[str] = []

        def migrate(site: Site, container: Container) -> None:
            ran.append(container.variables["MIGRATE"])
            container.end()

        engine.programs["migrate"] = migrate
        guest = Contestant(discover()["url-shortener"], "url-shortener:1")
        found = prepare.prepare(lab, guest, ROWS, {})
        assert ran == ["bin/migrate", "bin/seed"]
        assert (found.users, found.user_rows) == ([], 0)
        assert found.tokens_last_s() == math.inf
        assert not any("k6" in asked for asked in engine.asked)

    def test_a_seed_that_fails_is_named(self, lab: Lab, engine: Memory) -> None:
        def migrate(site: Site, container: Container) -> None:
            container.stderr = "no such table\n"
            container.end(1 if container.variables["MIGRATE"] == "bin/seed" else 0)

        engine.programs["migrate"] = migrate
        guest = Contestant(discover()["url-shortener"], "url-shortener:1")
        with pytest.raises(
            ContainerFailedError, match=r"^seed exited with status 1: no such table"
        ):
            prepare.prepare(lab, guest, ROWS, {})
