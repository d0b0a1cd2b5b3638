"""Options of a bench: names checked, defaults filled in."""

from dataclasses import dataclass
from pathlib import Path

from levelbench.contestants.service import Service
from levelbench.errors import LabError
from levelbench.lab.images import Source
from levelbench.model import workloads
from levelbench.model.capacity import Objective
from levelbench.model.config import REPORTS
from levelbench.model.loads import Load, Profile, weights_of
from levelbench.model.release import Release
from levelbench.model.run import Precision
from levelbench.model.size import SizeRecord
from levelbench.model.sweep import SweepRecord
from levelbench.model.vocabulary import ENDPOINTS, Arrivals, Mix
from levelbench.model.workloads import Workload


@dataclass(frozen=True)
class Options:
    """What to run. Names have been checked."""

    profile_name: str
    profile: Profile
    services: dict[str, Service]
    workload: str
    """As it was given; empty for the profile's own workloads."""
    workloads: dict[str, int]
    """Workload -> blocks."""
    seed: int
    mix: Mix
    scale: int
    source: Source
    verify_anew: bool = False
    """Verify contestants that are known to do equal work."""
    rates_of: str | None = None
    """Id of the run whose calibrated rates are used; None: calibrate."""
    resumed: str | None = None
    """Id of the interrupted run to resume; None: a new one."""
    arrivals: Arrivals = "even"
    """Of open loads."""
    objective: Objective | None = None
    """Of a capacity load; None: that of the configuration."""
    rate_rps: int | None = None
    """Of a workload at a given rate; None of others."""
    size: SizeRecord | None = None
    """What a workload at a given rate checks; None of other runs."""
    base_commit: str | None = None
    """The commit that a contestant is compared with; None for a run of different contestants."""
    release: Release | None = None
    """The package of which a contestant is compared in two versions; None for other runs."""
    precision: Precision | None = None
    """The target at which a workload ends; None: it has its number of blocks."""
    sweep: SweepRecord | None = None
    """What a sweep varies; None of other runs."""
    live: bool = False
    """Whether a page is served that shows the run."""
    reports: Path = REPORTS

    @property
    def guest(self) -> Service | None:
        """The guest that is measured; None in a run of contestants. Its base has its journey."""
        return next((one for one in self.services.values() if one.spec.is_guest), None)

    def require_alone(self) -> None:
        """Raises LabError for a guest together with other services, which do other work."""
        if (guest := self.guest) and len(self.services) > 1:
            others = ", ".join(name for name in self.services if name != guest.name)
            raise LabError(
                f"{guest.name} is a guest, which no run measures together with {others}",
                f"Run `make bench-{guest.name}`, and the others by themselves.",
            )

    def require_arrivals(self) -> None:
        """Raises LabError where arrivals other than even ones are asked of no open load, or of a
        ladder, whose steps have even ones."""
        kinds = {workloads.of(name).kind for name in self.workloads}
        if self.arrivals != "even" and ("open" not in kinds or "capacity" in kinds):
            raise LabError(
                f"{', '.join(self.workloads)} cannot have {self.arrivals} arrivals",
                "Choose WORKLOAD=open, or leave ARRIVALS out.",
            )

    def require_loads(self) -> None:
        """Raises LabError for an objective without a capacity, and a rate without its load."""
        if self.objective and not any(workloads.of(w).kind == "capacity" for w in self.workloads):
            raise LabError(
                f"OBJECTIVE needs WORKLOAD=capacity, and this run has {', '.join(self.workloads)}",
                "Add WORKLOAD=capacity, or leave OBJECTIVE out.",
            )
        if (self.rate_rps is not None) != ("fixed" in self.workloads):
            raise LabError(
                "WORKLOAD=fixed and RATE=<requests/s> need each other",
                "Write WORKLOAD=fixed RATE=100, or leave both out.",
            )

    def require_served(self, load: Load) -> None:
        """Raises LabError for a workload with an endpoint that a service does not serve."""
        for name in self.workloads:
            workload = workloads.of(name)
            if self.guest:
                self._require_journey(self.guest, workload)
                continue
            weights = weights_of(load, workload.mix or self.mix)
            asked = [e for e in ENDPOINTS if workload.asks_all or weights[e]]
            for service in self.services.values():
                serves = service.spec.serves
                if not set(asked) <= set(serves):
                    raise LabError(
                        f"{service.name} serves only {', '.join(serves)}, and the workload "
                        f"{name} needs {', '.join(asked)}",
                        "Choose WORKLOAD=list, as `make bench-as-published` does, or leave it out.",
                    )

    def _require_journey(self, guest: Service, workload: Workload) -> None:
        """Raises LabError for a workload of endpoints that a guest does not have."""
        if workload.of_contract or self.mix != "journey" or self.scale != 1:
            raise LabError(
                f"{guest.name} is a guest: the workload {workload.name} (MIX={self.mix}, "
                f"SCALE={self.scale}) needs the contract's endpoints and dataset",
                "Choose WORKLOAD=closed, open or capacity, and leave MIX and SCALE out.",
            )
