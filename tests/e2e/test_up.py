"""`levelbench up`: one contestant for people, and the box that it runs in."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from levelbench.lab import engines
from levelbench.lab.compose.client import Client
from tests.e2e.commands import levelbench

NAME = "flask"


@pytest.fixture(scope="module")
def base_url() -> Iterator[str]:
    yield levelbench("up", NAME).splitlines()[-1]
    levelbench("down")
    assert f"up-{NAME}" not in engines.connect().sites()


@pytest.fixture(scope="module")
def containers(base_url: str) -> dict[str, dict[str, Any]]:
    api = Client().api
    label = f"com.docker.compose.project=levelbench-up-{NAME}"
    return {
        found["Labels"]["com.docker.compose.service"]: api.inspect_container(found["Id"])
        for found in api.containers(filters={"label": label})
    }


def test_the_last_line_is_the_base_url_of_a_ready_contestant(base_url: str) -> None:
    assert base_url.startswith("http://127.0.0.1:")
    assert httpx.get(f"{base_url}/readyz").json()["status"] == "ready"


def test_the_contestant_is_capped(containers: dict[str, dict[str, Any]]) -> None:
    host = containers["service"]["HostConfig"]
    assert host["NanoCpus"] == 1_000_000_000
    assert host["Memory"] == host["MemorySwap"] == 1024 * 2**20
    assert host["CpusetCpus"].isdigit()
    others = [containers[name]["HostConfig"] for name in ("postgres", "redis", "worker")]
    assert all(host["CpusetCpus"] not in other["CpusetCpus"].split(",") for other in others)


def test_the_contestant_may_write_nothing_and_is_not_root(
    containers: dict[str, dict[str, Any]],
) -> None:
    for name in ("service", "worker"):
        assert containers[name]["HostConfig"]["ReadonlyRootfs"]
        assert containers[name]["HostConfig"]["CapDrop"] == ["ALL"]
        assert containers[name]["Config"]["User"] == "10001"


def test_nothing_but_the_contestant_is_published_and_on_loopback_only(
    containers: dict[str, dict[str, Any]],
) -> None:
    published = {
        name: [port for ports in found["NetworkSettings"]["Ports"].values() for port in ports or []]
        for name, found in containers.items()
    }
    assert {name for name, ports in published.items() if ports} == {"service"}
    assert {port["HostIp"] for port in published["service"]} == {"127.0.0.1"}
