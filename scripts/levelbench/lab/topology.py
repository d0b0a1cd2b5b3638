"""Which cores each container gets, from the cores there are.

Sibling hyperthreads count as one core: the plan gives out whole cores, and a contestant's
sibling stays idle.
"""

import os
from collections.abc import Sequence
from pathlib import Path

from levelbench.errors import LabError
from levelbench.model.topology import Topology, parse_cpu_list

CPU_FOLDER = Path("/sys/devices/system/cpu")


def read_cores(allowed: set[int], folder: Path = CPU_FOLDER) -> list[tuple[int, ...]]:
    """The physical cores, each the tuple of its CPUs, limited to `allowed` CPUs.

    Where the kernel tells nothing of siblings, each CPU counts as a core.
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


def plan(cores: Sequence[tuple[int, ...]]) -> Topology:
    """Give each container its cores. The contestant's is the last one, away from CPU 0,
    where the kernel does much of its own work.

    Raises LabError with fewer than two cores.
    """
    if len(cores) < 2:
        raise LabError(
            "the lab needs two cores: one for the contestant, one for the rest",
            "Run it on a machine, or a virtual machine, with at least 2 cores.",
        )
    *others, contestant = cores
    # One CPU only: the core's sibling thread stays idle.
    service = _cpuset([contestant[:1]])
    if len(cores) < 4:
        postgres = k6 = rest = _cpuset(others)
    elif len(cores) < 8:
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
        development_grade=len(cores) < 4,
    )


def _cpuset(cores: Sequence[tuple[int, ...]]) -> str:
    return ",".join(str(cpu) for core in cores for cpu in core)
