"""CPU cores, and which containers run on them."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from levelbench.errors import LabError
from levelbench.lab.doctor.diagnosis import Diagnosis, Figures
from levelbench.lab.machine import Machine
from levelbench.lab.topology import plan
from levelbench.model.topology import Topology, parse_cpu_list

UNTIMED = "Only `make up-<service>`, verify and count work: "
NAMES = {"service": "contestant", "postgres": "PostgreSQL", "redis": "Redis"}


@dataclass(frozen=True)
class Cores:
    """Physical cores, each the tuple of its CPUs, and the plan for them."""

    cores: tuple[tuple[int, ...], ...]
    topology: Topology | None
    """None if there are too few cores."""
    check: Diagnosis

    @property
    def cpus(self) -> list[int]:
        """Every CPU of the lab."""
        return sorted(cpu for core in self.cores for cpu in core)

    @property
    def contestant(self) -> int:
        """The contestant's CPU; the last CPU if there is no plan."""
        return parse_cpu_list(self.topology.service)[0] if self.topology else self.cpus[-1]

    @property
    def others(self) -> list[int]:
        """The CPUs of the other containers: all but the contestant's cores."""
        own = set(parse_cpu_list(self.topology.service) if self.topology else [self.contestant])
        return [cpu for core in self.cores if own.isdisjoint(core) for cpu in core]


def examine(machine: Machine, contestant_cpus: float = 1.0) -> Cores:
    """Diagnose the cores, by the plan that a bench makes."""
    cores = machine.cores
    found = _counted(machine)
    figures: Figures = {
        "cores": len(cores),
        "cpus": [list(core) for core in cores],
        "present": machine.present,
        "slower": machine.slower,
        "isolated": list(machine.isolated),
        "quota_cpus": machine.quota_cpus,
    }
    try:
        topology = plan(machine, contestant_cpus)
    except LabError as error:
        few = Diagnosis(
            code="cores",
            name="Cores",
            found=found,
            grade="bad",
            effect=f"{UNTIMED}{error.cause}.",
            remedy=error.remedy,
            required=True,
            figures=figures,
        )
        return Cores(cores, None, few)
    shared = topology.development_grade
    check = Diagnosis(
        code="cores",
        name="Cores",
        found=f"{found}: {_given(topology, cores)}",
        grade="note" if shared else "ok",
        effect="Database, load generator and worker share a core: reports are labelled "
        "development-grade, and CPU time per request is more reliable than throughput."
        if shared
        else "Contestant, database and load generator do not compete for CPU time.",
        remedy=machine.limits_remedy
        or f"Use a machine with {math.ceil(contestant_cpus) + 3} cores or more."
        if shared
        else "",
        figures={**figures, **topology.cpusets()},
    )
    return Cores(cores, topology, check)


def _counted(machine: Machine) -> str:
    """`8 cores with 16 hyperthreads, 4 of them slower (16 of 20 CPUs are usable)`, and why."""
    cpus = sum(len(core) for core in machine.cores)
    text = f"{len(machine.cores)} core{'s' * (len(machine.cores) != 1)}"
    if cpus > len(machine.cores):
        text += f" with {cpus} hyperthreads"
    if machine.slower:
        text += f", {machine.slower} of them slower"
    usable = f"{cpus} of {machine.present} CPUs usable" * (machine.present > cpus)
    why = f"{usable}{machine.limits}".removeprefix("; ")
    return text + (f" ({why})" if why else "")


def _given(topology: Topology, cores: Sequence[tuple[int, ...]]) -> str:
    """`CPU 3: contestant, its sibling 7 idle; CPU 2,6: PostgreSQL; ...`"""
    by_cpuset: dict[str, list[str]] = {}
    for container, cpuset in topology.cpusets().items():
        by_cpuset.setdefault(cpuset, []).append(NAMES.get(container, container))
    own = parse_cpu_list(topology.service)[0]
    siblings = [str(cpu) for core in cores if own in core for cpu in core if cpu != own]
    if siblings:
        by_cpuset[topology.service].append(f"its sibling {','.join(siblings)} idle")
    return "; ".join(f"CPU {cpuset}: {', '.join(names)}" for cpuset, names in by_cpuset.items())
