"""Running contestants for the contract suite: the lab's own stack, or addresses given by hand.

LEVELBENCH_CONTRACT_URLS=fastapi=http://127.0.0.1:8000,flask=...   contestants that run already
LEVELBENCH_JWT_SECRET=...                                          the key they were given
LEVELBENCH_CONTRACT_CONTAINERS=postgres=NAME,redis=NAME            containers it may stop
"""

import os
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial

import pytest

from levelbench.contract import CASES, Endpoint, Subject

URLS = "LEVELBENCH_CONTRACT_URLS"
SECRET = "LEVELBENCH_JWT_SECRET"
CONTAINERS = "LEVELBENCH_CONTRACT_CONTAINERS"


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """One test for each case of each contestant; a session fixture keeps contestants together."""
    if "subject" in metafunc.fixturenames:
        metafunc.parametrize("subject", _contestants(), indirect=True, scope="session")
    if "case" in metafunc.fixturenames:
        metafunc.parametrize("case", CASES, ids=[case.id for case in CASES])


@pytest.fixture(scope="session")
def subject(request: pytest.FixtureRequest) -> Iterator[Subject]:
    """The contestant under test, up for as long as its cases run."""
    with _running(request.param) as endpoint, Subject(endpoint) as subject:
        yield subject


def _contestants() -> list[str]:
    if URLS in os.environ:
        return list(_pairs(URLS))
    from levelbench.services import discover

    services = discover().values()
    return [service.name for service in services if service.spec.role != "exhibit"]


@contextmanager
def _running(service: str) -> Iterator[Endpoint]:
    if URLS not in os.environ:
        from levelbench.services import discover
        from levelbench.stack import running

        with running(discover()[service], f"test-{service}") as found:
            yield found.endpoint
        return
    containers = _pairs(CONTAINERS)
    yield Endpoint(
        base_url=_pairs(URLS)[service],
        service=service,
        jwt_secret=os.environ.get(SECRET),
        stop=partial(_docker, "stop", containers) if containers else None,
        start=partial(_docker, "start", containers) if containers else None,
    )


def _pairs(variable: str) -> dict[str, str]:
    """NAME=VALUE,NAME=VALUE of an environment variable."""
    pairs = [pair for pair in os.environ.get(variable, "").split(",") if pair]
    return dict(pair.split("=", 1) for pair in pairs)


def _docker(command: str, containers: Mapping[str, str], name: str) -> None:
    subprocess.run(["docker", command, containers[name]], check=True, capture_output=True)
