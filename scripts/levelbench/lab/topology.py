"""Which cores each container gets, from the cores there are.

Sibling hyperthreads count as one core: the plan gives out whole cores, and a contestant's
sibling stays idle.
"""

import math
from collections.abc import Sequence

from levelbench.errors import LabError
from levelbench.lab.machine import Machine
from levelbench.model.topology import Topology


def plan(machine: Machine, contestant_cpus: float = 1.0, *, timed: bool = True) -> Topology:
    """Give each container its cores. The contestant's are the last ones, which are fast, and away
    from CPU 0, where the kernel does much of its own work: as many as its cap, `caps.service.cpus`,
    needs. What is not timed works on one core, which all containers share.

    Raises LabError where no core is left for the rest, or where the contestant's would differ.
    """
    own, cores = math.ceil(contestant_cpus), machine.cores
    if len(cores) < 2 and timed:
        raise LabError(
            f"the lab needs two cores: one for the contestant, one for the rest{machine.limits}",
            machine.limits_remedy
            or "Run it on a machine, or a virtual machine, with at least 2 cores.",
        )
    if len(cores) <= own and own > 1:
        raise _too_few(machine, contestant_cpus)
    if timed and own > len(cores) - machine.slower:
        raise LabError(
            f"caps.service.cpus is {contestant_cpus:g}, and the machine has "
            f"{len(cores) - machine.slower} of its {len(cores)} cores that are equally fast: the "
            "contestant's would differ",
            f"Set caps.service.cpus in levelbench.toml to {len(cores) - machine.slower} or less.",
        )
    others = cores[:-own] or cores
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


def _too_few(machine: Machine, contestant_cpus: float) -> LabError:
    cores = len(machine.cores)
    most = max(1, cores - 1)
    return LabError(
        f"the machine has {most} of its {cores} core{'s' * (cores != 1)} for the contestant; "
        f"caps.service.cpus is {contestant_cpus:g}{machine.limits}",
        f"Set caps.service.cpus in levelbench.toml to {most} or less, or use a "
        f"machine with at least {math.ceil(contestant_cpus) + 1} cores.",
    )


def _cpuset(cores: Sequence[tuple[int, ...]]) -> str:
    return ",".join(str(cpu) for core in cores for cpu in core)
