"""Measure CPU contention on the lab's cores: what all processes used of them, less what the lab's
containers did.
"""

import math
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from levelbench.lab.meters import cpus as cores
from levelbench.lab.meters import sampler
from levelbench.lab.meters.sampler import Sample
from levelbench.load.summary import Bounds, Summary
from levelbench.model.topology import Topology, parse_cpu_list
from levelbench.model.trial import CoreUse
from levelbench.model.vocabulary import CONTAINERS, Container, Endpoint

OWN: tuple[Container, ...] = ("service", "worker")
"""Containers of a contestant; the servers are everybody's."""

Samples = Mapping[Container, Sequence[Sample]]
"""Each container's counters throughout a trial."""


@dataclass(frozen=True)
class Beside:
    """The readings of another contestant that was up at the same time."""

    label: str
    samples: Samples
    ended: frozenset[Container]
    """Its containers that have ended: they use nothing after their last sample."""

    def cpu_ms(self, name: Container, bounds: Bounds) -> float | None:
        """CPU time that one of its containers used within a window; None where it was not read."""
        start_s, end_s = bounds.start_epoch_ms / 1e3, bounds.end_epoch_ms / 1e3
        found = list(self.samples.get(name, ()))
        if found and name in self.ended and found[-1].time_s < end_s:
            found.append(replace(found[-1], time_s=end_s))
        return sampler.use(found, start_s, end_s, 1).cpu_ms


@dataclass(frozen=True)
class Seen:
    """The readings of a trial: its CPUs and its containers."""

    readings: Sequence[cores.Reading]
    """Of the CPUs; none where this host does not show them."""
    samples: Samples
    """Of the trial's own containers."""
    beside: Sequence["Beside"]
    """The contestants that this one takes turns with: they are the lab's too."""
    topology: Topology

    def over(self, bounds: Bounds) -> dict[str, CoreUse]:
        """The use of each of the lab's cpusets within a window."""
        cpusets = self.topology.cpusets()
        return {
            cpuset: self._use([n for n in CONTAINERS if cpusets[n] == cpuset], cpuset, bounds)
            for cpuset in dict.fromkeys(cpusets.values())
        }

    def _use(self, containers: Sequence[Container], cpuset: str, bounds: Bounds) -> CoreUse:
        """All None where a container of the trial was not counted throughout.

        Containers and CPUs are read at different moments, and CPUs in hundredths of a second: a
        difference below 0 counts as 0.
        """
        cpus = parse_cpu_list(cpuset)
        start_s, end_s = bounds.start_epoch_ms / 1e3, bounds.end_epoch_ms / 1e3

        spent = cores.spent(self.readings, start_s, end_s, cpus)
        own = [
            sampler.use(self.samples.get(name, ()), start_s, end_s, len(cpus)).cpu_ms
            for name in containers
        ]
        if spent is None or None in own:
            return CoreUse()
        # A load generator that has ended before is not counted: it used little.
        beside = [other.cpu_ms(name, bounds) for other in self.beside for name in containers]
        lab_ms = math.fsum(found for found in (*own, *beside) if found is not None)
        all_ms = 1e3 * (end_s - start_s) * len(cpus)
        return CoreUse(
            foreign_share=round(max(0.0, (spent.busy_ms - lab_ms) / all_ms), 4),
            stolen_share=round(spent.stolen_ms / all_ms, 4),
            idle_share=round(spent.idle_ms / all_ms, 4),
        )


def of_others(seen: Seen, summary: Summary) -> dict[str, float | None]:
    """CPU time that each other contestant and its worker used within all slices of a window, as a
    share of what the contestant's cores have; None where one of them was not read."""
    cpus = len(parse_cpu_list(seen.topology.service))
    all_ms = cpus * sum(each.end_epoch_ms - each.start_epoch_ms for each in summary.bounds)
    found: dict[str, float | None] = {}
    for other in seen.beside:
        spent = [other.cpu_ms(name, each) for name in OWN for each in summary.bounds]
        known = [ms for ms in spent if ms is not None]
        complete = all_ms > 0 and len(known) == len(spent)
        found[other.label] = round(math.fsum(known) / all_ms, 4) if complete else None
    return found


def of_endpoints(seen: Seen, summary: Summary) -> dict[Endpoint, dict[str, CoreUse]]:
    """Over each endpoint's own window; empty for a mix."""
    return {endpoint: seen.over(bounds) for endpoint, bounds in summary.endpoint_bounds.items()}


def of_mix(seen: Seen, summary: Summary) -> dict[str, CoreUse]:
    """Over the measured window, all its slices, or all steps of a ladder, together; empty where
    each endpoint has its own."""
    each = [seen.over(bounds) for bounds in (*summary.bounds, *summary.step_bounds)]
    cpusets = each[0] if each else ()
    return {cpuset: together([used[cpuset] for used in each]) for cpuset in cpusets}


def together(uses: Sequence[CoreUse]) -> CoreUse:
    """Windows of one length as one. A share that any of them lacks is None."""

    def mean(shares: Sequence[float | None]) -> float | None:
        known = [share for share in shares if share is not None]
        return round(statistics.fmean(known), 4) if len(known) == len(shares) else None

    return CoreUse.model_validate(
        {field: mean([getattr(use, field) for use in uses]) for field in CoreUse.model_fields}
    )
