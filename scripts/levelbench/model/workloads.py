"""Workloads: the load on a contestant, and the metrics that it is compared by."""

from collections.abc import Iterable
from dataclasses import dataclass

from levelbench.errors import LabError
from levelbench.model.metric import Metric
from levelbench.model.metrics import (
    CAPACITY,
    DISTURBED,
    LATENCY,
    METRICS,
    SERVED,
    THROUGHPUT,
    USERS,
)
from levelbench.model.vocabulary import Kind, Mix


@dataclass(frozen=True)
class Workload:
    """One load. Its name is the key in results.json."""

    name: str
    kind: Kind
    primary: Metric
    """The metric that ranks contestants."""
    mix: Mix | None = None
    """The weights of endpoints; None: the run's mix, or none where endpoints are isolated."""
    rate_share: float | None = None
    """Of an open load: the offered rate, as a share of the slowest contestant's closed throughput;
    None where RATE= gives it."""

    @property
    def metrics(self) -> tuple[Metric, ...]:
        """The metrics that contestants are compared by, the primary one first."""
        others = (metric for metric in METRICS if self.kind in metric.compared)
        return (self.primary, *(metric for metric in others if metric != self.primary))

    @property
    def alone(self) -> bool:
        """Whether each endpoint has a window of its own."""
        return self.kind == "endpoints"

    @property
    def asks_all(self) -> bool:
        """Whether it requests every endpoint, whatever the mix."""
        return self.alone or self.kind == "session"

    @property
    def of_contract(self) -> bool:
        """Whether it needs the contract's own requests, so that a guest cannot have it."""
        return self.asks_all or self.own_rates or self.mix is not None

    @property
    def saturates(self) -> bool:
        """Whether VUs ask again as soon as they are answered: mean latency is then VUs /
        throughput (Little's law)."""
        return self.kind in ("closed", "endpoints")

    @property
    def needs_rates(self) -> bool:
        """Whether its offered rates come from a calibration."""
        return self.shares_throughput or self.kind == "capacity"

    @property
    def shares_throughput(self) -> bool:
        """Whether its rates are shares of a throughput."""
        return self.own_rates or self.kind == "session" or self.rate_share is not None

    @property
    def own_rates(self) -> bool:
        """Whether each service has rates of its own: shares of its own throughput."""
        return self.kind in ("interference", "overload")


WORKLOADS: dict[str, Workload] = {
    workload.name: workload
    for workload in (
        Workload("closed", "closed", THROUGHPUT),
        Workload("closed-no-auth", "closed", THROUGHPUT, mix="no-auth"),
        Workload("list", "closed", THROUGHPUT, mix="list"),
        Workload("open-50", "open", LATENCY, rate_share=0.5),
        Workload("open-80", "open", LATENCY, rate_share=0.8),
        Workload("fixed", "open", LATENCY),
        Workload("endpoints", "endpoints", THROUGHPUT),
        Workload("capacity", "capacity", CAPACITY),
        Workload("session", "session", USERS),
        Workload("interference", "interference", DISTURBED, mix="no-auth"),
        Workload("overload", "overload", SERVED),
    )
}

GROUPS: dict[str, tuple[str, ...]] = {
    "closed": ("closed",),
    "closed-no-auth": ("closed-no-auth",),
    "list": ("list",),
    "open": ("open-50", "open-80"),
    "open-50": ("open-50",),
    "open-80": ("open-80",),
    "fixed": ("fixed",),
    "endpoints": ("endpoints",),
    "capacity": ("capacity",),
    "session": ("session",),
    "interference": ("interference",),
    "overload": ("overload",),
}
"""The values of WORKLOAD=, and the workloads that each stands for."""


def of(name: str) -> Workload:
    """A workload by its key in results.json. Raises LabError for one that does not exist."""
    try:
        return WORKLOADS[name]
    except KeyError:
        known = ", ".join(WORKLOADS)
        raise LabError(f"there is no workload {name!r}", f"Known are: {known}.") from None


def expand(choices: Iterable[str]) -> tuple[str, ...]:
    """The workloads of some values of WORKLOAD=, in order, each once. Raises LabError."""
    names: dict[str, None] = {}
    for choice in choices:
        if choice not in GROUPS:
            known = ", ".join(GROUPS)
            raise LabError(f"there is no workload {choice!r}", f"Choose from: {known}.")
        names.update(dict.fromkeys(GROUPS[choice]))
    return tuple(names)
