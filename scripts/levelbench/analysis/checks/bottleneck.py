"""What a window's figures were limited by, if it was not the contestant alone.

A closed load measures whatever is slowest. VUs that wait look the same whether the contestant
thinks, its database has no processor time, or the load generator is kept from reading the answer:
only the counters of processor time tell these apart.
"""

from collections.abc import Iterator, Sequence

from levelbench.model.config import Limits
from levelbench.model.finding import Finding
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


OUTSIDE = "Find what lowered its cap or the cap of what it runs within, and run again."
LARGER = "Use a machine with more cores; compare CPU per request."


def _throttled(window: MeasuredWindow, limits: Limits, topology: Topology) -> Iterator[Finding]:
    """Containers that were kept from running. The lab gives a quota to the contestant alone, and
    one that is held by it has used it up: whatever else is throttled, somebody else has capped.
    """
    cpusets = topology.cpusets()

    def share(name: Container) -> float:
        use = window.uses.get(name, ContainerUse())
        return _share(use.throttled_ms, window, cpu_count(cpusets[name]))

    def throttled(name: Container) -> bool:
        return share(name) > limits.throttled_share_max

    service = window.uses.get("service", ContainerUse())
    used = service.cpu_share_of_limit
    if throttled("service") and used is not None and used < limits.core_busy_share_max:
        yield Finding(
            code="contestant-throttled",
            severity="error",
            cause=f"{window.named}the contestant was throttled for {share('service'):.0%} of the "
            f"window, and got {used:.0%} of the processor time that it is to have",
            remedy=OUTSIDE,
            endpoint=window.endpoint,
        )
    spoiled: dict[Container, tuple[str, str]] = {
        "k6": ("load-generator-throttled", "the load generator"),
        "worker": ("worker-throttled", "the worker"),
    }
    for name, (code, words) in spoiled.items():
        if throttled(name):
            yield Finding(
                code=code,
                severity="error",
                cause=f"{window.named}{words} was throttled for {share(name):.0%} of the window: "
                "what it took part in tells of that and not of the contestant",
                remedy=OUTSIDE,
                endpoint=window.endpoint,
            )
    servers: tuple[Container, ...] = ("postgres", "redis")
    if held := [name for name in servers if throttled(name)]:
        yield _limit(
            window,
            limits,
            bound=True,
            who=f"{' and '.join(held)} used up their share of a CPU and were throttled for more "
            f"than {limits.throttled_share_max:.0%} of the window",
            remedy=OUTSIDE,
        )


def _busy_cores(window: MeasuredWindow, limits: Limits, topology: Topology) -> Iterator[Finding]:
    """The containers beside the contestant must not be what limits it."""
    cpusets = topology.cpusets()
    measured = [name for name in window.uses if name != "service"]
    for cpuset in sorted({cpusets[name] for name in measured}):
        sharing = [name for name in measured if cpusets[name] == cpuset]
        if busy_share(window, sharing, cpu_count(cpuset)) > limits.core_busy_share_max:
            yield _limit(
                window,
                limits,
                bound="postgres" in sharing,
                who=f"{', '.join(sharing)} kept CPU {cpuset} busy for more than "
                f"{limits.core_busy_share_max:.0%} of the window",
                remedy=LARGER,
            )


def _limit(
    window: MeasuredWindow, limits: Limits, *, bound: bool, who: str, remedy: str
) -> Finding:
    """`bound`: the database is among those who had no processor time left."""
    bound = bound and _has_time_left(window, limits)
    return Finding(
        code="database-bound" if bound else "cores-busy",
        severity="warning",
        cause=f"{window.named}{who}: "
        f"they {'and not the contestant were' if bound else 'may have been'} the limit",
        remedy=remedy,
        endpoint=window.endpoint,
    )


def _busy_generator(
    window: MeasuredWindow, limits: Limits, topology: Topology
) -> Iterator[Finding]:
    cpus = cpu_count(topology.k6)
    if busy_share(window, ["k6"], cpus) <= limits.generator_cpu_share_max:
        return
    # Its own time to read an answer counts as the server's: `vus-idle` does not see this.
    bound = window.saturates and _has_time_left(window, limits)
    yield Finding(
        code="load-generator-bound" if bound else "load-generator-busy",
        severity="error" if bound else "warning",
        cause=f"{window.named}the load generator used more than "
        f"{limits.generator_cpu_share_max:.0%} of its cores: "
        f"it {'and not the contestant was' if bound else 'may have been'} the limit",
        remedy="Give k6 more or faster cores.",
        endpoint=window.endpoint,
    )


def _others(window: MeasuredWindow, limits: Limits, topology: Topology) -> Iterator[Finding]:
    """Whoever else was on the lab's cores."""
    core = window.cores.get(topology.service, CoreUse())
    if (core.foreign_share or 0.0) > limits.foreign_share_max:
        yield _neighbour(window, f"the contestant's core, CPU {topology.service}", core)
    # What PostgreSQL or k6 lost of theirs is no limit of one that uses up its own core.
    if not window.saturates or _has_time_left(window, limits):
        for cpuset in dict.fromkeys((topology.postgres, topology.k6)):
            beside = window.cores.get(cpuset, CoreUse())
            if (beside.foreign_share or 0.0) > limits.foreign_beside_share_max:
                names = [n for n in ("postgres", "k6") if topology.cpusets()[n] == cpuset]
                yield _neighbour(window, f"CPU {cpuset} of {' and '.join(names)}", beside)
    if (core.stolen_share or 0.0) > limits.stolen_share_max:
        yield Finding(
            code="core-stolen",
            severity="warning",
            cause=f"{window.named}the host of this virtual machine took more than "
            f"{limits.stolen_share_max:.0%} of the contestant's core for others",
            remedy="Use a machine, or a kind of machine, that is not shared.",
            endpoint=window.endpoint,
        )


def _neighbour(window: MeasuredWindow, where: str, core: CoreUse) -> Finding:
    return Finding(
        code="noisy-neighbour",
        severity="error",
        cause=f"{window.named}other programs used {core.foreign_share:.0%} of {where}",
        remedy="Stop what else runs on this machine (`top` shows it), and run again.",
        endpoint=window.endpoint,
    )


def _has_time_left(window: MeasuredWindow, limits: Limits) -> bool:
    """Whether the contestant has not used up its own core: one that has is limited by itself."""
    service = window.uses.get("service", ContainerUse())
    return service.cpu_ms is not None and (
        _share(service.cpu_ms, window, 1) < limits.core_busy_share_max
    )


def busy_share(window: MeasuredWindow, containers: Sequence[Container], cpus: int) -> float:
    """Of some CPUs' time in the window, what containers used, all together."""
    used = (window.uses.get(name) for name in containers)
    return _share(sum(found.cpu_ms or 0.0 for found in used if found), window, cpus)


def _share(spent_ms: float | None, window: MeasuredWindow, cpus: int) -> float:
    """Of some CPUs' time in the window; what is not known is taken for nothing."""
    return (spent_ms or 0.0) / (1e3 * window.seconds * cpus) if window.seconds else 0.0
