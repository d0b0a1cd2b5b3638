"""Removal of a project from an engine that does not remove, or removes late."""

from types import SimpleNamespace
from typing import Any, cast

import docker.errors
import pytest
import requests

from levelbench.lab.compose import projects
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
