"""The workloads: what load is put on a contestant, and what it is compared by."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from levelbench.errors import LabError
from levelbench.model.vocabulary import Mix

Kind = Literal["closed", "open", "endpoints", "capacity"]
"""k6/workloads/<kind>.js is its script."""


@dataclass(frozen=True)
class Workload:
    """One load. Its name is the key in results.json."""

    name: str
    kind: Kind
    metrics: tuple[str, ...]
    """What contestants are compared by; the first is the primary one."""
    mix: Mix | None = None
    """How endpoints are weighed; None: as the run chooses, or none where each is alone."""
    rate_share: float | None = None
    """Of an open load: the offered rate, as a share of the slowest contestant's closed
    throughput."""

    @property
    def primary(self) -> str:
        return self.metrics[0]

    @property
    def alone(self) -> bool:
        """Whether each endpoint has a window of its own."""
        return self.kind == "endpoints"

    @property
    def saturates(self) -> bool:
        """Whether VUs ask again as soon as they are answered: mean latency is then VUs /
        throughput (Little's law)."""
        return self.kind in ("closed", "endpoints")

    @property
    def needs_rates(self) -> bool:
        """Whether its offered rates come from a calibration."""
        return self.kind in ("open", "capacity")


CPU = "cpu_ms_per_request.service"
MEMORY = "memory_peak_mib"
_COSTS = (CPU, MEMORY, "cold_start_ms")
_CLOSED = ("throughput_rps", "latency_mean_ms", "latency_p95_ms", *_COSTS)
_OPEN = ("latency_p95_ms", "latency_mean_ms", "latency_p50_ms", "latency_p99_ms", *_COSTS)

WORKLOADS: dict[str, Workload] = {
    workload.name: workload
    for workload in (
        Workload("closed", "closed", _CLOSED),
        Workload("closed-no-auth", "closed", _CLOSED, mix="no-auth"),
        Workload("list", "closed", _CLOSED, mix="list"),
        Workload("open-50", "open", _OPEN, rate_share=0.5),
        Workload("open-80", "open", _OPEN, rate_share=0.8),
        Workload("endpoints", "endpoints", ("throughput_rps", CPU)),
        Workload("capacity", "capacity", ("capacity_rps",)),
    )
}

GROUPS: dict[str, tuple[str, ...]] = {
    "closed": ("closed",),
    "closed-no-auth": ("closed-no-auth",),
    "list": ("list",),
    "open": ("open-50", "open-80"),
    "open-50": ("open-50",),
    "open-80": ("open-80",),
    "endpoints": ("endpoints",),
    "capacity": ("capacity",),
}
"""What WORKLOAD= takes, and the workloads that it stands for."""


def of(name: str) -> Workload:
    """A workload by its key in results.json. Raises LabError for one that does not exist."""
    try:
        return WORKLOADS[name]
    except KeyError:
        known = ", ".join(WORKLOADS)
        raise LabError(f"there is no workload {name!r}", f"Known are: {known}.") from None


def expand(choices: Iterable[str]) -> tuple[str, ...]:
    """The workloads that some choices stand for, in their order, each once. Raises LabError."""
    names: dict[str, None] = {}
    for choice in choices:
        if choice not in GROUPS:
            known = ", ".join(GROUPS)
            raise LabError(f"there is no workload {choice!r}", f"Choose from: {known}.")
        names.update(dict.fromkeys(GROUPS[choice]))
    return tuple(names)
