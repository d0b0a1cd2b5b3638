"""Machine: the cores that the lab may use, as the kernel shows them.

The one source of what is possible on this machine: doctor, bench, verify and up all plan with it.
"""

import math
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from levelbench.lab.meters import cgroup
from levelbench.model.topology import parse_cpu_list

SYS, PROC = Path("/sys"), Path("/proc")
CPU_FOLDER = SYS / "devices" / "system" / "cpu"
FAST_SHARE = 0.8
"""Reasoned: cores of one kind differ by a few percent of their highest frequency, efficiency cores
have about half of the capacity of the others."""


@dataclass(frozen=True)
class Machine:
    """Physical cores, each the tuple of its CPUs: sibling hyperthreads count as one core."""

    cores: tuple[tuple[int, ...], ...]
    """Those that the lab may use, slower ones first."""
    present: int = 0
    """CPUs that are switched on."""
    slower: int = 0
    """How many of the cores are slower than the last one: efficiency cores."""
    isolated: tuple[int, ...] = ()
    """CPUs that the kernel's scheduler does not balance load onto: the lab does not use them,
    because all processes of a container would stay on one."""
    quota_cpus: float | None = None
    """CPUs' worth of time that the cgroups around the lab allow; None without such a limit. The lab
    uses no more cores than that, so that it never reaches it."""

    @property
    def limits(self) -> str:
        """What leaves the lab fewer cores than the machine has: `; ...`, or empty."""
        isolated = f"; isolated CPUs ({','.join(map(str, self.isolated))}) are not used"
        quota = f"; a quota around the lab allows {self.quota_cpus or 0:g} CPUs"
        return isolated * bool(self.isolated) + quota * (self.quota_cpus is not None)

    @property
    def limits_remedy(self) -> str:
        """How to lift these limits; empty without one."""
        remedies = []
        if self.isolated:
            remedies.append("Boot without isolcpus= to use isolated CPUs.")
        if self.quota_cpus is not None:
            remedies.append("Raise the quota of this container or service (cpu.max).")
        usable = sum(len(core) for core in self.cores)
        if self.present > usable and not remedies:
            remedies.append(
                f"taskset or a cpuset leaves this process {usable} of {self.present} CPUs: start "
                "it with all."
            )
        return " ".join(remedies)


def allowed_cpus() -> set[int]:
    """The CPUs that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return os.sched_getaffinity(0)
    return set(range(os.cpu_count() or 1))


def read(allowed: Iterable[int] | None = None, sys: Path = SYS, proc: Path = PROC) -> Machine:
    """Read the cores of this machine. `allowed`: the CPUs that this process may use."""
    folder, cgroups = sys / CPU_FOLDER.relative_to(SYS), sys / "fs" / "cgroup"
    usable = set(allowed_cpus() if allowed is None else allowed)
    isolated = {*_cpus(folder / "isolated"), *_cpus(cgroups / "cpuset.cpus.isolated")}
    quota = cgroup.quota_cpus("self", cgroups, proc)
    capacities = _capacities(sys, usable)
    cores = sorted(
        read_cores(usable - isolated, folder), key=lambda core: _is_fast(core[0], capacities)
    )
    cores = cores or read_cores({min(usable)}, folder)  # all are isolated
    if quota is not None:
        while len(cores) > 1 and sum(map(len, cores)) > math.floor(quota):
            del cores[0]
    return Machine(
        cores=tuple(cores),
        present=len(online_cpus(folder)),
        slower=sum(not _is_fast(core[0], capacities) for core in cores),
        isolated=tuple(sorted(isolated)),
        quota_cpus=quota,
    )


def read_cores(allowed: set[int], folder: Path) -> list[tuple[int, ...]]:
    """The physical cores, limited to `allowed` CPUs.

    Where the kernel does not list siblings, each CPU counts as a core.
    """
    cores: dict[tuple[int, ...], None] = {}
    for cpu in sorted(allowed):
        siblings = _cpus(folder / f"cpu{cpu}" / "topology" / "thread_siblings_list") or [cpu]
        cores[tuple(s for s in siblings if s in allowed)] = None
    return list(cores)


def online_cpus(folder: Path = CPU_FOLDER) -> list[int]:
    """The CPUs that are switched on; as many as there are where the kernel does not say."""
    return _cpus(folder / "online") or list(range(os.cpu_count() or 1))


def _capacities(sys: Path, cpus: Iterable[int]) -> dict[int, float]:
    """Computing capacity of CPUs that differ; empty where the kernel shows no difference.

    Sources: Documentation/ABI/testing/sysfs-devices-system-cpu, cpu_capacity, which ARM and newer
    x86 kernels have; Documentation/admin-guide/perf for the two PMUs of a hybrid x86 processor.
    """
    folder = sys / CPU_FOLDER.relative_to(SYS)
    files = {cpu: folder / f"cpu{cpu}" / "cpu_capacity" for cpu in cpus}
    try:
        return {cpu: float(file.read_text()) for cpu, file in files.items()}
    except (OSError, ValueError):
        return {
            **dict.fromkeys(_cpus(sys / "devices" / "cpu_core" / "cpus"), 1.0),
            **dict.fromkeys(_cpus(sys / "devices" / "cpu_atom" / "cpus"), 0.5),
        }


def _is_fast(cpu: int, capacities: dict[int, float]) -> bool:
    most = max(capacities.values(), default=1.0)
    return capacities.get(cpu, most) >= FAST_SHARE * most


def _cpus(file: Path) -> list[int]:
    """A file in the kernel's list notation; empty where there is none."""
    try:
        text = file.read_text().strip()
    except OSError:
        return []
    return parse_cpu_list(text) if text else []
