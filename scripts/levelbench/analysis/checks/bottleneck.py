"""Checks of the bottleneck: what limited a window's results, if not the contestant.

A closed load measures whatever is slowest. Users that wait look the same whether the contestant
computes, its database has no CPU time, or the load generator is kept from reading the answer:
only counters of CPU time tell these apart. `counters` makes sure that they are there.
"""

from collections.abc import Iterator, Sequence

from levelbench.analysis.checks import table
from levelbench.model.finding import Finding
from levelbench.model.limits import Limits
from levelbench.model.topology import Topology, cpu_count
from levelbench.model.trial import ContainerUse, CoreUse
from levelbench.model.vocabulary import Container
from levelbench.model.windows import MeasuredWindow


def of_window(window: MeasuredWindow, limits: Limits, topology: Topology) -> Iterator[Finding]:
    """The findings on one measured window."""
    yield from _throttled(window, limits, topology)
    yield from _busy_cores(window, limits, topology)
    yield from _busy_generator(window, limits, topology)
    yield from _others(window, limits, topology)


def _throttled(window: MeasuredWindow, limits: Limits, topology: Topology) -> Iterator[Finding]:
    """Containers that were kept from running. The lab sets a quota for the contestant only, which
    explains the share of its cores that the quota leaves: any other throttling comes from outside
    the lab.
    """

    def share(name: Container) -> float:
        return throttled_share(window, name, topology)

    def throttled(name: Container, explained: float = 0.0) -> bool:
        return share(name) - explained > limits.throttled_share_max

    used = window.uses.get("service", ContainerUse()).cpu_share_of_limit
    if used and throttled("service", 1 - busy_share(window, ["service"], topology) / used):
        yield table.CONTESTANT_THROTTLED.finding(
            limits, endpoint=window.endpoint, share=share("service"), used=used, where=window.named
        )
    if throttled("k6"):
        yield table.LOAD_GENERATOR_THROTTLED.finding(
            limits, endpoint=window.endpoint, share=share("k6"), where=window.named
        )
    if throttled("worker"):
        yield table.WORKER_THROTTLED.finding(
            limits, endpoint=window.endpoint, share=share("worker"), where=window.named
        )
    servers: tuple[Container, ...] = ("postgres", "redis")
    if names := [name for name in servers if throttled(name)]:
        who = (
            f"{' and '.join(names)} used up their share of a CPU and were throttled for more than "
            f"{limits.throttled_share_max:.0%} of the window"
        )
        yield _limit(window, limits, topology, database=True, who=who)


def _busy_cores(window: MeasuredWindow, limits: Limits, topology: Topology) -> Iterator[Finding]:
    """The containers alongside the contestant must not be what limits it."""
    cpusets = topology.cpusets()
    measured = [name for name in window.uses if name != "service"]
    for cpuset in sorted({cpusets[name] for name in measured}):
        sharing = [name for name in measured if cpusets[name] == cpuset]
        if busy_share(window, sharing, topology) > limits.core_busy_share_max:
            who = (
                f"{', '.join(sharing)} kept CPU {cpuset} busy for more than "
                f"{limits.core_busy_share_max:.0%} of the window"
            )
            database = "postgres" in sharing
            yield _limit(window, limits, topology, database=database, who=who)


def _limit(
    window: MeasuredWindow,
    limits: Limits,
    topology: Topology,
    *,
    database: bool,
    who: str,
) -> Finding:
    """`database`: the database is among those that had no CPU time left."""
    bound = database and _has_time_left(window, limits, topology)
    check = table.DATABASE_BOUND if bound else table.CORES_BUSY
    return check.finding(limits, endpoint=window.endpoint, where=window.named, who=who)


def _busy_generator(
    window: MeasuredWindow, limits: Limits, topology: Topology
) -> Iterator[Finding]:
    if busy_share(window, ["k6"], topology) <= limits.generator_cpu_share_max:
        return
    # Its own time to read an answer counts as the server's: `vus-idle` does not see this.
    bound = window.saturates and _has_time_left(window, limits, topology)
    check = table.LOAD_GENERATOR_BOUND if bound else table.LOAD_GENERATOR_BUSY
    yield check.finding(limits, endpoint=window.endpoint, where=window.named)


def _others(window: MeasuredWindow, limits: Limits, topology: Topology) -> Iterator[Finding]:
    """CPU contention: programs outside the lab, and a virtual machine's host, on its cores.

    One threshold for all contestants, whatever share of its core one used: a limit that depends on
    the outcome removes the disturbed trials of some contestants and keeps those of others.
    """
    core = window.cores.get(topology.service, CoreUse())
    if (core.foreign_share or 0.0) > limits.foreign_share_max:
        yield _neighbour(window, limits, f"the contestant's core, CPU {topology.service}", core)
    for cpuset in dict.fromkeys((topology.postgres, topology.k6)):
        other = window.cores.get(cpuset, CoreUse())
        if (other.foreign_share or 0.0) > limits.foreign_beside_share_max:
            names = [n for n in ("postgres", "k6") if topology.cpusets()[n] == cpuset]
            yield _neighbour(window, limits, f"CPU {cpuset} of {' and '.join(names)}", other)
    if (core.stolen_share or 0.0) > limits.stolen_share_max:
        yield table.CORE_STOLEN.finding(limits, endpoint=window.endpoint, where=window.named)


def _neighbour(window: MeasuredWindow, limits: Limits, which: str, core: CoreUse) -> Finding:
    return table.NOISY_NEIGHBOUR.finding(
        limits,
        endpoint=window.endpoint,
        where=window.named,
        share=core.foreign_share,
        which=which,
    )


def _has_time_left(window: MeasuredWindow, limits: Limits, topology: Topology) -> bool:
    """Whether the contestant did not use up its own cores: one that did is limited by itself."""
    service = window.uses.get("service", ContainerUse())
    return service.cpu_ms is not None and (
        busy_share(window, ["service"], topology) < limits.core_busy_share_max
    )


def busy_share(
    window: MeasuredWindow, containers: Sequence[Container], topology: Topology
) -> float:
    """CPU time that containers of one cpuset used together, as a share of what its CPUs had.

    A container without counters adds nothing: `counters-missing` voids the trial for it.
    """
    used = (window.uses.get(name) for name in containers)
    return _share(
        sum(found.cpu_ms or 0.0 for found in used if found), window, containers[0], topology
    )


def throttled_share(window: MeasuredWindow, container: Container, topology: Topology) -> float:
    """Time that a container was throttled, as a share of the window on each of its CPUs."""
    use = window.uses.get(container, ContainerUse())
    return _share(use.throttled_ms or 0.0, window, container, topology)


def _share(
    spent_ms: float, window: MeasuredWindow, container: Container, topology: Topology
) -> float:
    cpus = cpu_count(topology.cpusets()[container])
    return spent_ms / (1e3 * window.seconds * cpus) if window.seconds else 0.0
