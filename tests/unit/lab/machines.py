"""Simulated machines: trees of /sys and /proc as their kernels show them."""

from dataclasses import dataclass, field
from pathlib import Path

from levelbench.lab import machine
from levelbench.lab.machine import Machine
from levelbench.model.topology import parse_cpu_list

CPU = "sys/devices/system/cpu"


@dataclass(frozen=True)
class Simulated:
    """A machine that this process runs on."""

    online: str
    siblings: tuple[str, ...] = ()
    """The hyperthreads of each core that has more than one."""
    files: dict[str, str] = field(default_factory=dict)
    """Path below the root -> content."""
    allowed: frozenset[int] | None = None
    """The CPUs that this process may use, if not all."""

    def read(self, root: Path) -> Machine:
        """Write the tree below `root` and read it as the lab does."""
        cpus = set(parse_cpu_list(self.online))
        files = {f"{CPU}/online": self.online, f"{CPU}/isolated": "", **self.files}
        for siblings in self.siblings or map(str, cpus):
            for cpu in parse_cpu_list(siblings):
                files[f"{CPU}/cpu{cpu}/topology/thread_siblings_list"] = siblings
        for name, content in files.items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text(f"{content}\n")
        return machine.read(self.allowed or cpus, root / "sys", root / "proc")


def singles(count: int) -> Machine:
    """A machine of so many cores without hyperthreads."""
    return Machine(tuple((cpu,) for cpu in range(count)), count)


def capacities(*values: int) -> dict[str, str]:
    """The capacity of each CPU, from CPU 0 on."""
    return {f"{CPU}/cpu{cpu}/cpu_capacity": str(value) for cpu, value in enumerate(values)}


VERSION_2 = {"proc/self/cgroup": "0::/system.slice/bench.service"}
SLICE = "sys/fs/cgroup/system.slice"
MACHINES = {
    # Eight performance cores with two hyperthreads, four efficiency cores after them.
    "hybrid": Simulated(
        "0-19",
        (*(f"{2 * n}-{2 * n + 1}" for n in range(8)), "16", "17", "18", "19"),
        {"sys/devices/cpu_core/cpus": "0-15", "sys/devices/cpu_atom/cpus": "16-19"},
    ),
    "hybrid of few fast cores": Simulated("0-7", files=capacities(*[1024] * 2, *[608] * 6)),
    "ARM with small cores first": Simulated("0-7", files=capacities(*[530] * 4, *[1024] * 4)),
    "cores that differ a little": Simulated("0-3", files=capacities(1024, 1009, 1024, 990)),
    "one core of two hyperthreads": Simulated("0-1", ("0-1",)),
    "one core": Simulated("0"),
    "one of two CPUs by taskset": Simulated("0-1", allowed=frozenset({1})),
    "isolated CPUs": Simulated(
        "0-7", files={f"{CPU}/isolated": "6-7"}, allowed=frozenset(range(6))
    ),
    "isolated CPUs that taskset allows": Simulated("0-7", files={f"{CPU}/isolated": "4-7"}),
    "isolated by a cpuset partition": Simulated(
        "0-3", files={"sys/fs/cgroup/cpuset.cpus.isolated": "1-3"}
    ),
    "all isolated": Simulated("0-3", files={f"{CPU}/isolated": "2-3"}, allowed=frozenset({2, 3})),
    "quota of 2.5 CPUs": Simulated("0-7", files={"sys/fs/cgroup/cpu.max": "250000 100000"}),
    "quota of a slice": Simulated(
        "0-3",
        files={
            **VERSION_2,
            f"{SLICE}/cpu.max": "150000 100000",
            f"{SLICE}/bench.service/cpu.max": "max 100000",
        },
    ),
    "quota of version 1, path of the host": Simulated(
        "0-3",
        files={
            "proc/self/cgroup": "3:cpu,cpuacct:/docker/4f1c",
            "sys/fs/cgroup/cpu/cpu.cfs_quota_us": "400000",
            "sys/fs/cgroup/cpu/cpu.cfs_period_us": "100000",
        },
    ),
    "no quota": Simulated("0-3", files={**VERSION_2, f"{SLICE}/cpu.max": "max 100000"}),
}
