"""A contestant that is brought up for people and tests, on an engine in memory."""

import socket
from contextlib import closing
from pathlib import Path

import pytest

from levelbench.contestants.discovery import discover
from levelbench.errors import LabError
from levelbench.lab import engines, up, waiting
from levelbench.lab.site import EngineError
from levelbench.model.config import ROOT, load_config
from tests.unit.lab.memory import Container, Memory, Site, ends

FLASK = discover()["flask"]


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> Memory:
    found = Memory()
    monkeypatch.setattr(engines, "connect", lambda: found)
    monkeypatch.setattr(waiting, "END_POLL_S", 0.001)
    return found


def test_it_is_up_with_its_data_and_servers(engine: Memory) -> None:
    found = up.up(FLASK, "up-flask", "standin")
    site = engine.made["up-flask"]
    assert set(site.containers) == {"postgres", "redis", "service", "worker"}
    assert "migrate" not in site.containers
    assert found.endpoint.jwt_secret == found.lab.secrets.jwt_secret
    assert site.containers["service"].variables["SERVICE_IMAGE"] == found.contestant.image
    assert engine.databases["flask"].users == 1000


def test_its_servers_can_be_stopped_and_started(engine: Memory) -> None:
    endpoint = up.up(FLASK, "up-flask", "standin").endpoint
    assert endpoint.stop
    assert endpoint.start
    endpoint.stop("redis")
    assert not engine.made["up-flask"].containers["redis"].running
    endpoint.start("redis")
    assert engine.made["up-flask"].containers["redis"].running


def test_what_was_up_before_is_replaced(engine: Memory) -> None:
    up.up(FLASK, "up-flask", "standin")
    before = engine.made["up-flask"]
    up.up(FLASK, "up-flask", "standin")
    assert engine.made["up-flask"] is not before


def test_one_that_does_not_come_up_leaves_nothing(engine: Memory) -> None:
    engine.programs["service"] = ends(1, "ImportError\n")
    with pytest.raises(EngineError, match="service exited with status 1"):
        up.up(FLASK, "up-flask", "standin")
    assert engine.made == {}


def test_one_that_is_interrupted_leaves_nothing(
    engine: Memory, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(sql: str) -> None:
        raise KeyboardInterrupt

    engine.on_sql = interrupted
    with pytest.raises(KeyboardInterrupt):
        up.up(FLASK, "up-flask", "standin")
    assert engine.made == {}


def test_it_is_removed_at_the_end_of_its_context(engine: Memory) -> None:
    with up.running(FLASK, "verify", "standin"):
        assert "verify" in engine.made
    assert engine.made == {}


def test_a_port_in_use_is_refused(engine: Memory) -> None:
    with closing(socket.socket()) as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(LabError, match="is in use"):
            up.up(FLASK, "up-flask", "standin", port=taken.getsockname()[1])
    assert engine.made == {}


def loopback(site: Site, container: Container) -> None:
    """A server that its health check reaches, and no other container."""
    container.listening = container.listening.replace("00000000:1F40", "0100007F:1F40")


def other_port(site: Site, container: Container) -> None:
    container.ready = False
    container.listening = container.listening.replace("1F40", "1388")


def test_one_that_listens_on_the_loopback_interface_is_not_up(engine: Memory) -> None:
    """It was announced as up, with a URL that nothing answered."""
    engine.programs["service"] = loopback
    with pytest.raises(
        EngineError, match=r"loopback interface only\. Let bin/serve bind 0\.0"
    ) as e:
        up.up(FLASK, "up-flask", "standin")
    assert e.value.role == "service"
    assert engine.made == {}


def test_one_that_listens_on_another_port_is_named(
    engine: Memory, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = load_config()
    limits = config.limits.model_copy(update={"ready_timeout_s": 0.05})
    changed = config.model_copy(update={"limits": limits})
    monkeypatch.setattr(up, "load_config", lambda: changed)
    engine.programs["service"] = other_port
    with pytest.raises(EngineError, match=r"not ready .*: it listens on port 5000, not on 8000"):
        up.up(FLASK, "up-flask", "standin")


def test_one_of_another_checkout_is_not_removed(engine: Memory) -> None:
    """Its containers were removed without a word."""
    engine.owners["up-flask"] = Path("/elsewhere")
    with pytest.raises(LabError, match="flask is up from another checkout, /elsewhere"):
        up.up(FLASK, "up-flask", "standin")
    assert engine.asked == []


def test_one_of_this_checkout_is_replaced(engine: Memory) -> None:
    engine.owners["up-flask"] = ROOT
    assert up.up(FLASK, "up-flask", "standin").contestant.name == "flask"


def test_without_a_network_nothing_is_built(engine: Memory) -> None:
    engine.no_network = True
    with pytest.raises(EngineError, match="no addresses left for another network"):
        up.up(FLASK, "up-flask", "standin")
    assert engine.asked == []
