"""Where a container's counters are read: its cgroup's files, else the engine's API.

The engine answers for containers whose files this host has not: a desktop's virtual machine, a
cgroup namespace. It is the same kernel's counters, read at second hand: every reading is a request.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, ClassVar

import docker

from levelbench.errors import LabError
from levelbench.lab.compose.engine import Engine
from levelbench.lab.compose.stack import ContainerGoneError, ContainerState
from levelbench.lab.meters import cgroup
from levelbench.lab.meters.sampler import GONE, MIB, Sample, Source
from levelbench.model.vocabulary import Origin

TIMEOUT_S = 5
"""A reading that takes longer is none."""


@dataclass(frozen=True)
class EngineStats:
    """The engine's own reading of one container, at every question a new one."""

    origin: ClassVar[Origin] = "engine"
    ask: Callable[[], dict[str, Any]]
    """GET /containers/<id>/stats of the Engine API."""

    def read(self) -> Sample:
        """Raises one of GONE when the container is gone: then the answer has no counters."""
        stats = self.ask()
        cpu, memory = stats["cpu_stats"], stats["memory_stats"]["stats"]
        return Sample(
            # By the clock that the load generator's window is told by as well.
            time_s=datetime.fromisoformat(stats["read"]).timestamp(),
            cpu_ms=cpu["cpu_usage"]["total_usage"] / 1e6,
            periods=cpu["throttling_data"]["periods"],
            throttled_periods=cpu["throttling_data"]["throttled_periods"],
            throttled_ms=cpu["throttling_data"]["throttled_time"] / 1e6,
            # The names are the kernel's: those of cgroup version 2, or of version 1.
            memory_mib=memory["anon" if "anon" in memory else "total_rss"] / MIB,
            network_bytes=_network_bytes(stats.get("networks")),
        )


def _network_bytes(networks: dict[str, dict[str, int]] | None) -> int | None:
    """Bytes received and sent; the engine leaves out loopback. None for an answer without them."""
    if not networks:
        return None
    return sum(counters["rx_bytes"] + counters["tx_bytes"] for counters in networks.values())


def find(engine: Engine, state: ContainerState) -> Source:
    """Where to read a running container's counters. Raises LabError where nothing tells them."""
    if not state.running:
        raise ContainerGoneError(f"a container {state.end} before its counters were found")
    try:
        return cgroup.locate(state.id, state.pid)
    except LabError:
        return of_engine(engine, state.id)


def of_engine(engine: Engine, container: str) -> EngineStats:
    """A container's counters as the engine reads them. Raises LabError where it has none."""
    # A client of its own: the sampler asks in a thread, and a client is for one thread at a time.
    client = docker.APIClient(
        base_url=engine.host, version=engine.client.api.api_version, timeout=TIMEOUT_S
    )
    found = EngineStats(partial(client.stats, container, stream=False, one_shot=True))
    try:
        found.read()
    except GONE:
        raise LabError(
            "a container's counters can be read neither from its cgroup nor through the engine",
            "Run the lab on the Linux machine that runs the engine.",
        ) from None
    return found
