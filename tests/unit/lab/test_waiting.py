"""Waits for containers on an engine in memory: each has a deadline."""

import pytest

from levelbench.lab import waiting
from levelbench.lab.engine import wait_back
from levelbench.lab.site import (
    ContainerFailedError,
    ContainerGoneError,
    EngineError,
    EngineGoneError,
    NoContainerError,
)
from tests.unit.lab.memory import Memory, Site, ends, never_ready


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> Memory:
    monkeypatch.setattr(waiting, "POLL_S", 0.001)
    monkeypatch.setattr(waiting, "END_POLL_S", 0.001)
    return Memory()


@pytest.fixture
def site(engine: Memory) -> Site:
    return engine.site("bench", {})


def test_ready_containers_are_not_waited_for(site: Site) -> None:
    site.up("postgres", "redis")
    waiting.wait_ready(site, "postgres", "redis", timeout_s=0)


def test_one_that_is_not_ready_in_time_is_named_with_its_last_line(
    site: Site, engine: Memory
) -> None:
    engine.programs["service"] = never_ready
    site.up("service")
    with pytest.raises(EngineError, match=r"service was not ready within 0.01 s; .* importing"):
        waiting.wait_ready(site, "service", timeout_s=0.01)


def test_one_that_ends_first_is_gone(site: Site, engine: Memory) -> None:
    engine.programs["service"] = ends(3, "SyntaxError\n")
    site.up("service")
    with pytest.raises(ContainerGoneError, match=r"service exited with status 3; .* SyntaxError"):
        waiting.wait_ready(site, "service", timeout_s=60)


def test_one_that_is_missing_is_not_one_that_ended(site: Site) -> None:
    with pytest.raises(NoContainerError, match="there is no service container"):
        waiting.state(site, "service")
    with pytest.raises(NoContainerError):
        waiting.wait_ended(site, "service", timeout_s=60)
    with pytest.raises(NoContainerError):
        waiting.is_running(site, "service")


def test_one_that_does_not_end_in_time_is_an_error(site: Site) -> None:
    site.up("k6")
    with pytest.raises(EngineError, match=r"k6 did not end within 0.01 s"):
        waiting.wait_ended(site, "k6", timeout_s=0.01)


def test_the_status_of_an_ended_one_is_returned(site: Site, engine: Memory) -> None:
    engine.programs[""] = ends(107)
    site.up("k6")
    assert waiting.wait_ended(site, "k6", timeout_s=60) == 107


def test_one_that_is_run_to_its_end_is_removed(site: Site, engine: Memory) -> None:
    waiting.run_to_end(site, "migrate", 60, SERVICE="flask")
    assert site.states("migrate") == []
    engine.programs["migrate"] = ends(1)
    with pytest.raises(ContainerFailedError, match="migrate exited with status 1: it wrote noth"):
        waiting.run_to_end(site, "migrate", 60)
    engine.programs["migrate"] = never_ready
    with pytest.raises(EngineError, match=r"migrate did not end within 0.01 s"):
        waiting.run_to_end(site, "migrate", 0.01)
    assert site.states("migrate") == []


def test_an_engine_that_goes_away_ends_every_wait(site: Site, engine: Memory) -> None:
    site.up("k6")
    engine.gone = True
    with pytest.raises(EngineGoneError):
        waiting.wait_ended(site, "k6", timeout_s=60)
    with pytest.raises(EngineGoneError):
        waiting.wait_ready(site, "k6", timeout_s=60)
    with pytest.raises(EngineGoneError):
        wait_back(engine, timeout_s=0)
