"""Size: how much of what a service needs for a rate of requests, and how that was checked."""

from pydantic import Field

from levelbench.model.base import Amount, Count, Model
from levelbench.model.estimate import Estimate


class SizeRecord(Model):
    """What `make size` asks, and what follows from a measured capacity; run.json of the check."""

    service: str
    rate_rps: Count
    """Of all cores together."""
    objective: str
    capacity_of: str
    """Id of the run that measured the capacity."""
    measured_cores: float
    """Of the contestant in that run."""
    capacity_rps: Estimate
    """On these cores."""
    cpu_ms_per_request: Estimate
    memory_peak_mib: Estimate
    cores: Count
    """The least number of whole cores with enough capacity, by the lower end of its interval."""
    processes: Count
    """Of all cores, by the contestant's declared number for one."""
    connections: Count

    @property
    def share_rps(self) -> int:
        """Requests per second that one core gets, rounded up: the rate of the check."""
        return -(-self.rate_rps // self.cores)

    @property
    def extrapolates(self) -> bool:
        """Whether more cores are needed than were measured."""
        return self.cores > self.measured_cores

    @property
    def cores_used(self) -> float | None:
        """CPU time per second, in cores, that one core's share is expected to use."""
        cpu_ms = self.cpu_ms_per_request.value
        return None if cpu_ms is None else self.share_rps * cpu_ms / 1000


class Size(SizeRecord):
    """The same with the check: one measurement at the rate of one core. results.json has it."""

    latency_p95_ms: Amount | None = None
    """None where nothing valid was measured, or too few requests."""
    cores_measured: Amount | None = Field(default=None)
    """CPU time per second of the contestant, in cores."""
    memory_measured_mib: Amount | None = None
    met: bool | None = None
    """Whether the objective was met; None where it is not known."""
