"""Parity rule "CPU and memory": the kernel's cgroup limits, read in each container."""

from levelbench.model.topology import cpu_count, parse_cpu_list
from levelbench.model.vocabulary import Container
from levelbench.verify.parity.ground import Ground

CAPPED: tuple[Container, ...] = ("service", "worker", "postgres", "redis")
MIB = 2**20

# Prints key and value for each file that exists in cgroup version 1 or 2.
_SCRIPT = r"""
cd /sys/fs/cgroup
show() { [ -r "$2" ] && echo "$1 $(cat "$2")"; }
show cpuset cpuset/cpuset.cpus; show cpuset cpuset.cpus.effective
show quota cpu/cpu.cfs_quota_us; show period cpu/cpu.cfs_period_us; show cpu_max cpu.max
show memory memory/memory.limit_in_bytes; show memory memory.max
show memory_and_swap memory/memory.memsw.limit_in_bytes; show swap memory.swap.max
true
"""


def audit(ground: Ground) -> None:
    """Check cores, CPU time, memory and swap of all containers but the load generator."""
    lab = ground.running.lab
    cpusets = lab.topology.cpusets()
    for container in CAPPED:
        cap = getattr(lab.config.caps, container)
        cpus = cap.cpus or (cpu_count(cpusets["service"]) if container == "service" else None)
        ground.record("CPU and memory", container,
                    _shown(cpusets[container], cpus, cap.memory_mib, 0),
                    observed(ground.exec(_SCRIPT, container)))  # fmt: skip


def observed(text: str) -> str:
    """The caps in the kernel's files, formatted for the ledger."""
    found = dict(line.split(" ", 1) for line in text.splitlines())
    memory = int(found["memory"])
    swap = int(found["swap"]) if "swap" in found else int(found["memory_and_swap"]) - memory
    quota, period = found.get("cpu_max", "").split() or (found["quota"], found["period"])
    cpus = int(quota) / int(period) if quota not in ("max", "-1") else None
    return _shown(found["cpuset"], cpus, memory // MIB, swap)


def _shown(cpuset: str, cpus: float | None, memory_mib: int, swap: int) -> str:
    quota = "no quota" if cpus is None else f"{cpus:g} CPU"
    cores = ",".join(map(str, parse_cpu_list(cpuset)))
    return f"core {cores}, {quota}, {memory_mib} MiB, {swap // MIB} MiB swap"
