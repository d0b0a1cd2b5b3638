"""Checks of the counters: none may be missing, and none may claim what is impossible."""

from collections.abc import Iterator

from levelbench.analysis.checks import table
from levelbench.analysis.checks.bottleneck import busy_share, throttled_share
from levelbench.model.finding import Finding
from levelbench.model.limits import Limits
from levelbench.model.topology import Topology
from levelbench.model.trial import ContainerUse, CoreUse
from levelbench.model.vocabulary import CONTAINERS, Container, Origin
from levelbench.model.windows import MeasuredWindow

NAMES: dict[Container, str] = {
    "service": "the contestant",
    "worker": "the worker",
    "postgres": "PostgreSQL",
    "redis": "Redis",
    "k6": "the load generator",
}


def of_window(
    window: MeasuredWindow, limits: Limits, topology: Topology, origin: Origin | None
) -> Iterator[Finding]:
    """The findings on one measured window; `origin`: where its counters were read."""
    if missing := list(_missing(window, topology, origin)):
        yield table.COUNTERS_MISSING.finding(
            endpoint=window.endpoint, what=", ".join(missing), where=window.named
        )
    for what in _impossible(window, limits, topology):
        yield table.COUNTERS_IMPOSSIBLE.finding(
            limits, endpoint=window.endpoint, what=what, where=window.named
        )


def _missing(window: MeasuredWindow, topology: Topology, origin: Origin | None) -> Iterator[str]:
    uses = {name: window.uses.get(name, ContainerUse()) for name in CONTAINERS}
    yield from (f"CPU time of {NAMES[n]}" for n, use in uses.items() if use.cpu_ms is None)
    service = uses["service"]
    if service.cpu_ms is not None and service.throttled_ms is None:
        yield "throttled time of the contestant"
    yield from (f"CPU time of {name}" for name, share in window.others.items() if share is None)
    if origin == "engine":  # the containers may run on a machine with other cores
        return
    for cpuset in dict.fromkeys(topology.cpusets().values()):
        if window.cores.get(cpuset, CoreUse()).foreign_share is None:
            yield f"use of CPU {cpuset}"


def _impossible(window: MeasuredWindow, limits: Limits, topology: Topology) -> Iterator[str]:
    most = 1 + limits.counter_excess_max
    cpusets = topology.cpusets()
    for cpuset in dict.fromkeys(cpusets.values()):
        sharing = [name for name in CONTAINERS if cpusets[name] == cpuset]
        if (share := busy_share(window, sharing, topology)) > most:
            names = " and ".join(NAMES[name] for name in sharing)
            yield f"counters say that {names} used {share:.1%} of the time of CPU {cpuset}"
        core = window.cores.get(cpuset, CoreUse())
        for field, taker in (("foreign_share", "other programs"), ("stolen_share", "the host")):
            if (share := getattr(core, field) or 0.0) > most:
                yield f"counters say that {taker} used {share:.1%} of the time of CPU {cpuset}"
    for name in CONTAINERS:
        if (share := throttled_share(window, name, topology)) > most:
            yield f"counters say that {NAMES[name]} was throttled for {share:.1%} of the window"
