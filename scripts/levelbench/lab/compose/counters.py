"""Counters of a container: read from its cgroup's files, else through the Engine API.

The engine answers for containers that have no files on this host: a desktop's virtual machine, a
cgroup namespace. It reads the same kernel counters; every reading is a request to it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, ClassVar

from levelbench.lab.compose.client import Client, asking
from levelbench.lab.meters import cgroup
from levelbench.lab.meters.sampler import MIB, Sample, Source
from levelbench.lab.site import ContainerGoneError, ContainerState
from levelbench.model.vocabulary import Origin

TIMEOUT_S = 5
"""A reading that takes longer is none."""


@dataclass(frozen=True)
class EngineStats:
    """The engine's own reading of one container."""

    origin: ClassVar[Origin] = "engine"
    ask: Callable[[], dict[str, Any]]
    """GET /containers/<id>/stats of the Engine API."""

    def read(self) -> Sample:
        """Raises one of GONE when the container is gone: then the answer has no counters."""
        stats = self.ask()
        cpu, memory = stats["cpu_stats"], stats["memory_stats"]["stats"]
        return Sample(
            # The clock that the load generator's window is given by, too.
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
    """Bytes received and sent, without loopback. None for an answer without them."""
    if not networks:
        return None
    return sum(counters["rx_bytes"] + counters["tx_bytes"] for counters in networks.values())


def find(client: Client, state: ContainerState) -> Source:
    """Where to read a running container's counters.

    Raises ContainerGoneError for an ended container, EngineError when the engine refuses,
    NotReadableError when neither this host nor the engine has counters.
    """
    if not state.running:
        raise ContainerGoneError(f"a container {state.end} before its counters were found")
    try:
        return cgroup.locate(state.id, state.pid)
    except cgroup.NotReadableError:
        return of_engine(client, state.id)


def of_engine(client: Client, container: str) -> EngineStats:
    """A container's counters as the engine reads them. Raises as `find`."""
    # A connection of its own: the sampler reads in a thread.
    api = client.another_api(TIMEOUT_S)
    found = EngineStats(partial(api.stats, container, stream=False, one_shot=True))
    try:
        with asking():
            found.read()
    except (ValueError, LookupError):
        raise cgroup.NotReadableError(
            "a container's counters can be read neither from its cgroup nor through the engine",
            "Run the lab on the Linux machine that runs the engine.",
        ) from None
    return found
