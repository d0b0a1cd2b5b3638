"""Topology: the cpuset of each container."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Topology:
    """A cpuset (the engine's notation, such as `0,2`) for each container, and for the harness."""

    service: str
    worker: str
    postgres: str
    redis: str
    k6: str
    harness: str
    """The lab's own process; not a container."""
    everything: str
    """Every CPU: for preparation, which is not measured."""
    development_grade: bool
    """Load generator and database share a core: results are for development."""

    def cpusets(self) -> dict[str, str]:
        """Container -> cpuset."""
        return {
            "service": self.service,
            "worker": self.worker,
            "postgres": self.postgres,
            "redis": self.redis,
            "k6": self.k6,
        }


def parse_cpu_list(text: str) -> list[int]:
    """The kernel's list notation: `0-2,4` is [0, 1, 2, 4]."""
    cpus: list[int] = []
    for part in text.strip().split(","):
        first, _, last = part.partition("-")
        cpus.extend(range(int(first), int(last or first) + 1))
    return cpus


def cpu_count(cpuset: str) -> int:
    """How many CPUs a cpuset holds."""
    return len(parse_cpu_list(cpuset))
