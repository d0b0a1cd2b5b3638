"""Which cores each container gets, from the cores there are.

Sibling hyperthreads count as one core: the plan gives out whole cores, and a contestant's
sibling stays idle.
"""

import math
import os
from collections.abc import Sequence
from pathlib import Path

from levelbench.errors import LabError
from levelbench.model.topology import Topology, parse_cpu_list

CPU_FOLDER = Path("/sys/devices/system/cpu")


def read_cores(allowed: set[int], folder: Path = CPU_FOLDER) -> list[tuple[int, ...]]:
    """The physical cores, each the tuple of its CPUs, limited to `allowed` CPUs.

    Where the kernel does not list siblings, each CPU counts as a core.
    """
    cores: dict[tuple[int, ...], None] = {}
    for cpu in sorted(allowed):
        siblings_file = folder / f"cpu{cpu}" / "topology" / "thread_siblings_list"
        try:
            siblings = parse_cpu_list(siblings_file.read_text())
        except OSError:
            siblings = [cpu]
        cores[tuple(s for s in siblings if s in allowed)] = None
    return list(cores)


def online_cpus(folder: Path = CPU_FOLDER) -> list[int]:
    """The CPUs that are switched on; as many as there are where the kernel does not say."""
    try:
        return parse_cpu_list((folder / "online").read_text())
    except OSError:
        return list(range(os.cpu_count() or 1))


def plan(cores: Sequence[tuple[int, ...]], contestant_cpus: float = 1.0) -> Topology:
    """Give each container its cores. The contestant's are the last ones, away from CPU 0, where the
    kernel does much of its own work: as many as its cap, `caps.service.cpus`, needs.

    Raises LabError where no core is left for the rest.
    """
    own = math.ceil(contestant_cpus)
    if len(cores) < 2:
        raise LabError(
            "the lab needs two cores: one for the contestant, one for the rest",
            "Run it on a machine, or a virtual machine, with at least 2 cores.",
        )
    if len(cores) <= own:
        raise LabError(
            f"the machine has {len(cores) - 1} of its {len(cores)} cores for the contestant; "
            f"caps.service.cpus is {contestant_cpus:g}",
            f"Set caps.service.cpus in levelbench.toml to {len(cores) - 1} or less, or use a "
            f"machine with at least {own + 1} cores.",
        )
    others = cores[:-own]
    # One CPU of each core: sibling threads stay idle.
    service = _cpuset([core[:1] for core in cores[-own:]])
    shared = len(others) < 3
    if shared:
        postgres = k6 = rest = _cpuset(others)
    elif len(others) < 7:
        rest, k6, postgres = (_cpuset(others[i : i + 1]) for i in range(3))
    else:
        rest, k6, postgres = _cpuset(others[:-4]), _cpuset(others[-4:-2]), _cpuset(others[-2:])
    return Topology(
        service=service,
        worker=rest,
        postgres=postgres,
        redis=rest,
        k6=k6,
        harness=rest,
        everything=_cpuset(cores),
        development_grade=shared,
    )


def _cpuset(cores: Sequence[tuple[int, ...]]) -> str:
    return ",".join(str(cpu) for core in cores for cpu in core)
