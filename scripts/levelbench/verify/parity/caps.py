"""Parity rule "CPU and memory": the kernel's cgroup limits, read in each container."""

from collections.abc import Mapping

from levelbench.model.topology import cpu_count, parse_cpu_list
from levelbench.model.vocabulary import Container
from levelbench.verify.parity.ground import Ground

CAPPED: tuple[Container, ...] = ("service", "worker", "postgres", "redis")
MIB = 2**20
UNLIMITED = 2**62
"""Version 1 has a number near 2^63 in the place of `max`."""

# Prints key and value for each file that exists in cgroup version 1 or 2.
_SCRIPT = r"""
cd /sys/fs/cgroup
show() { [ -r "$2" ] && echo "$1 $(cat "$2")"; }
show cpuset cpuset/cpuset.cpus; show cpuset cpuset.cpus.effective
show quota cpu/cpu.cfs_quota_us; show period cpu/cpu.cfs_period_us; show cpu_max cpu.max
show memory memory/memory.limit_in_bytes; show memory memory.max
show memory_and_swap memory/memory.memsw.limit_in_bytes; show swap memory.swap.max
sed -n 's/^SwapTotal: *\([0-9]*\) kB$/host_swap_kib \1/p' /proc/meminfo
true
"""


def audit(ground: Ground) -> None:
    """Check cores, CPU time, memory and swap of all containers but the load generator."""
    lab = ground.running.lab
    cpusets = lab.topology.cpusets()
    for container in CAPPED:
        cap = getattr(lab.config.caps, container)
        service = lab.config.caps.service.cpus or cpu_count(cpusets["service"])
        cpus = service if container == "service" else None
        ground.record("CPU and memory", container,
                    _shown(cpusets[container], cpus, cap.memory_mib, 0),
                    observed(ground.exec(_SCRIPT, container)))  # fmt: skip


def observed(text: str) -> str:
    """The caps in the kernel's files, formatted for the ledger."""
    found = dict(line.split(" ", 1) for line in text.splitlines() if " " in line)
    memory = _limit(found.get("memory"))
    quota, period = found.get("cpu_max", "").split() or (
        found.get("quota", "-1"),
        found.get("period", "1"),
    )
    cpus = int(quota) / int(period) if quota not in ("max", "-1") else None
    memory_mib = None if memory is None else memory // MIB
    return _shown(found.get("cpuset", ""), cpus, memory_mib, _swap(found, memory))


def _swap(found: Mapping[str, str], memory: int | None) -> int | None:
    """Bytes of swap that a container may use; None where nothing limits it."""
    if found.get("host_swap_kib") == "0":  # a kernel that does not account swap limits none
        return 0
    if "swap" in found:
        return _limit(found["swap"])
    both = _limit(found.get("memory_and_swap"))
    return None if both is None or memory is None else both - memory


def _limit(text: str | None) -> int | None:
    """A limit in bytes; None for `max`, for the largest number, and for a missing file."""
    if text is None or not text.isdigit() or int(text) >= UNLIMITED:
        return None
    return int(text)


def _shown(cpuset: str, cpus: float | None, memory_mib: int | None, swap: int | None) -> str:
    cores = ",".join(map(str, parse_cpu_list(cpuset))) if cpuset.strip() else "not limited"
    quota = "no quota" if cpus is None else f"{cpus:g} CPU"
    memory = "memory not limited" if memory_mib is None else f"{memory_mib} MiB"
    swapping = "swap not limited" if swap is None else f"{swap // MIB} MiB swap"
    return f"core {cores}, {quota}, {memory}, {swapping}"
