"""Contestants that are up: in the lab's own stacks, or at addresses given by hand.

LEVELBENCH_CONTRACT_URLS=fastapi=http://127.0.0.1:8000,flask=...   contestants that run already
LEVELBENCH_JWT_SECRET=...                                          the key they were given
LEVELBENCH_CONTRACT_CONTAINERS=postgres=NAME,redis=NAME            containers it may stop
"""

import os
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial

from levelbench.contestants.discovery import discover
from levelbench.lab.lab import Lab
from levelbench.lab.up import running
from levelbench.verify.contract import Address
from tests import selected

URLS = "LEVELBENCH_CONTRACT_URLS"
SECRET = "LEVELBENCH_JWT_SECRET"
CONTAINERS = "LEVELBENCH_CONTRACT_CONTAINERS"


@dataclass(frozen=True)
class Up:
    """A contestant that answers; `lab` is None where it was not started here."""

    endpoint: Address
    lab: Lab | None


def names() -> list[str]:
    """Of the services to test, in their order."""
    if URLS in os.environ:
        return list(_pairs(URLS))
    return [name for name, one in selected.services().items() if one.spec.role != "exhibit"]


def have_secret() -> bool:
    """Whether the key that signs tokens is known of all of them."""
    return URLS not in os.environ or SECRET in os.environ


@contextmanager
def up(name: str, project: str) -> Iterator[Up]:
    """A contestant, up for as long as the context lasts."""
    if URLS not in os.environ:
        with running(discover()[name], project) as found:
            yield Up(found.endpoint, found.lab)
        return
    containers = _pairs(CONTAINERS)
    endpoint = Address(
        base_url=_pairs(URLS)[name],
        service=name,
        jwt_secret=os.environ.get(SECRET),
        stop=partial(_docker, "stop", containers) if containers else None,
        start=partial(_docker, "start", containers) if containers else None,
        tasks=discover()[name].spec.tasks,
    )
    yield Up(endpoint, None)


def _pairs(variable: str) -> dict[str, str]:
    """NAME=VALUE,NAME=VALUE of an environment variable."""
    pairs = [pair for pair in os.environ.get(variable, "").split(",") if pair]
    return dict(pair.split("=", 1) for pair in pairs)


def _docker(command: str, containers: Mapping[str, str], name: str) -> None:
    subprocess.run(["docker", command, containers[name]], check=True, capture_output=True)
