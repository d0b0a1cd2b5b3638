"""Removal of a project from an engine that does not remove, or removes late."""

from types import SimpleNamespace
from typing import Any, cast

import docker.errors
import pytest
import requests

from levelbench.lab.compose import doctor, projects
from levelbench.lab.compose.client import Client
from levelbench.lab.site import EngineError


def client(listed: list[list[str]], status: int = requests.codes.conflict) -> Client:
    """An engine that lists these containers, one list after the other and the last for ever, and
    answers every removal with `status`."""

    def containers(**_: Any) -> list[SimpleNamespace]:
        found = listed.pop(0) if len(listed) > 1 else listed[0]
        return [SimpleNamespace(id=name) for name in found]

    def remove(container: str, **_: Any) -> None:
        response = requests.Response()
        response.status_code = status
        raise docker.errors.APIError("refused", response, "removal is already in progress")

    none = SimpleNamespace(list=lambda **_: [])
    engine = SimpleNamespace(
        containers=SimpleNamespace(list=containers), networks=none, volumes=none
    )
    api = SimpleNamespace(remove_container=remove)
    return cast(Client, SimpleNamespace(docker=engine, api=api))


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(projects, "LOOKS_AGAIN_S", 0.0)


def test_a_container_that_is_being_removed_is_waited_for() -> None:
    projects.remove(client([["a"], ["a"], []]), "levelbench-bench")


def test_a_container_that_stays_ends_the_wait() -> None:
    """On 8c3f4cc the loop had no end."""
    with pytest.raises(EngineError, match=r"could not be removed within 0.01 s: a is still there"):
        projects.remove(client([["a"]]), "levelbench-bench", timeout_s=0.01)


def test_a_refusal_is_an_error() -> None:
    with pytest.raises(EngineError, match="a container could not be removed: removal is already"):
        projects.remove(client([["a"]], requests.codes.forbidden), "levelbench-bench")


class Networks:
    """The engine's networks: what is made and removed."""

    def __init__(self, refusal: str = "") -> None:
        self.refusal = refusal
        self.there: list[str] = []

    def create(self, name: str, labels: dict[str, str]) -> "Networks":
        if self.refusal:
            raise docker.errors.APIError("refused", explanation=self.refusal)
        self.there.append(name)
        assert labels[projects.PROJECT_LABEL].startswith(projects.PREFIX)
        return self

    def remove(self) -> None:
        self.there.clear()


def connected(networks: Networks) -> Client:
    return cast(Client, SimpleNamespace(docker=SimpleNamespace(networks=networks)))


def test_room_for_a_network_leaves_none() -> None:
    networks = Networks()
    projects.require_network(connected(networks))
    assert networks.there == []


@pytest.mark.parametrize(
    "refusal",
    [
        "could not find an available, non-overlapping IPv4 address pool among the defaults",
        "all predefined address pools have been fully subnetted",
    ],
)
def test_no_room_for_a_network_is_said_by_all(refusal: str) -> None:
    """The contestant was blamed, and the doctor was silent."""
    client = connected(Networks(refusal))
    with pytest.raises(EngineError, match=r"no addresses left for another network\. `docker net"):
        projects.require_network(client)
    (found,) = doctor.networks(client)
    assert (found.grade, found.required) == ("bad", True)
