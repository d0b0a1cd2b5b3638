"""Series of published runs: ratios of contestants and counted instructions, run after run.

The runs of a series have in common what docs/history.md says: the processor, the images, the
profile and the parameters of the load; of instructions only the processor's vendor and the images.
"""

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import NamedTuple
from uuid import NAMESPACE_URL, uuid5

from levelbench.analysis.estimates import scaled
from levelbench.analysis.two_runs.counts import vendor
from levelbench.history.change_points import INSTRUCTIONS, RATIO, Alert, Limits, alerts
from levelbench.history.store import Published
from levelbench.model import metrics
from levelbench.model.estimate import Estimate, Interval
from levelbench.model.metrics import THROUGHPUT, THROUGHPUT_RATIO
from levelbench.model.results import WorkloadResults
from levelbench.model.run import RunRecord
from levelbench.model.vocabulary import ENDPOINTS
from levelbench.model.workloads import WORKLOADS
from levelbench.report.standing import reciprocal
from levelbench.report.tables.cells import change_cell, estimate_cell, share_cell
from levelbench.report.tables.table import Cell
from levelbench.report.words import capital, load_name, noun, number_word

MILLION = 1e6
AFTER_WORKLOADS = 100
"""Counted instructions stand after the loads."""


@dataclass(frozen=True)
class Kind:
    """What the values of a series are: how they are shown, and which change counts."""

    unit: str
    shown: Callable[[float], float]
    """A value on the axis of a chart."""
    cell: Callable[[Estimate], Cell]
    limits: Limits | None
    """None: no change points are searched."""


SHARE = Kind("%", lambda value: 100 * value, share_cell, RATIO)
COUNT = Kind(
    "million",
    lambda value: value / MILLION,
    lambda found: estimate_cell(scaled(found, 1 / MILLION)),
    INSTRUCTIONS,
)
PAIR = Kind("%", lambda value: 100 * (value - 1), change_cell, None)
"""A change of a contestant is one in its own series, not in those of all of its pairs."""


class Label(NamedTuple):
    """What the runs of a series have in common."""

    place: int
    """In the order of a page."""
    title: str
    machine: str
    parameters: str
    kind: Kind


@dataclass(frozen=True)
class Point:
    run: Published
    value: Estimate


@dataclass(frozen=True)
class Series:
    """Values of a contestant, or of a pair of contestants, by the time of the runs."""

    of: tuple[str, ...]
    title: str
    machine: str
    kind: Kind
    points: tuple[Point, ...]

    @cached_property
    def changes(self) -> tuple["ChangePoint", ...]:
        """Each change once, as it was first seen."""
        if self.kind.limits is None:
            return ()
        values = [point.value.value or 0.0 for point in self.points]
        return tuple(ChangePoint(self, alert) for alert in alerts(values, self.kind.limits))


@dataclass(frozen=True)
class ChangePoint:
    """A change point of a contestant's series."""

    series: Series
    alert: Alert

    @property
    def run(self) -> Published:
        """The first one of the new level."""
        return self.series.points[self.alert.change.first].run

    @property
    def before(self) -> Published:
        return self.series.points[self.alert.change.first - 1].run

    @property
    def seen(self) -> Published:
        """The run after which it was found."""
        return self.series.points[self.alert.night].run

    @property
    def ratio(self) -> Estimate:
        """New level / old level, as it was known then."""
        found = self.alert.change
        return Estimate(
            value=found.ratio, confidence_interval=Interval(low=found.low, high=found.high)
        )

    @property
    def size(self) -> str:
        """`+2.1% (1.9 to 2.3%)`."""
        cell = change_cell(self.ratio)
        return f"{cell.text} ({cell.detail})"

    @property
    def urn(self) -> str:
        """An id that stays as more runs follow."""
        name = " ".join((*self.series.of, self.series.title, self.run.entry.run_id))
        return uuid5(NAMESPACE_URL, name).urn

    @property
    def changed(self) -> tuple[str, ...]:
        """What the lab records that differs between the runs before and after it."""
        return changed(self.before.record, self.run.record, self.series.of[0])


def collect(runs: Iterable[Published]) -> dict[tuple[str, ...], tuple[Series, ...]]:
    """Contestant, or two contestants in alphabetical order -> its series.

    `runs` are those that may be quoted, by their start.
    """
    found: dict[tuple[str, ...], dict[Label, list[Point]]] = {}
    for run in runs:
        for of, label, value in chain(_shares(run), _counts(run), _pairs(run)):
            if value.value and value.value > 0 and not value.bound:
                found.setdefault(of, {}).setdefault(label, []).append(Point(run, value))
    return {of: tuple(_series(of, labelled)) for of, labelled in found.items()}


def _series(of: tuple[str, ...], labelled: Mapping[Label, Sequence[Point]]) -> Iterator[Series]:
    """Those of one title together, the one with the newest run first."""

    def order(label: Label) -> tuple[int, float]:
        return label.place, -labelled[label][-1].run.entry.started_at.timestamp()

    machines: dict[tuple[str, str], int] = {}
    for label in sorted(labelled, key=order):
        number = machines.get((label.title, label.machine), 0) + 1
        machines[label.title, label.machine] = number
        machine = f"{label.machine}, earlier parameters {number - 1}" * (number > 1)
        points = tuple(labelled[label])
        yield Series(of, label.title, machine or label.machine, label.kind, points)


Found = Iterator[tuple[tuple[str, ...], Label, Estimate]]


def _shares(run: Published) -> Found:
    """Throughput relative to the baseline, or to the contestants where there is none."""
    for place, load in enumerate(WORKLOADS.values()):
        measured = run.results.workloads.get(load.name)
        if measured is None or load.alone or load.primary != THROUGHPUT:
            continue
        start = f"{capital(load_name(load.name))}: throughput relative to"
        parameters = measured.parameters.model_dump_json()
        logs = dict(_logs(run, measured))
        for name in logs:
            own = measured.services[name]
            if own.reference:
                value = own.estimate(THROUGHPUT_RATIO)
                title = f"{start} the baseline, {run.display_name(own.reference)}"
                key = parameters
            else:
                mean = sum(logs.values()) / len(logs)
                value = Estimate(value=math.exp(logs[name] - mean)) if len(logs) > 1 else None
                title = f"{start} the mean of {number_word(len(logs))} contestants"
                key = " ".join((parameters, *sorted(logs)))
            if value:
                yield (name,), Label(place, title, _machine(run), key, SHARE), value


def _logs(run: Published, measured: WorkloadResults) -> Iterator[tuple[str, float]]:
    """Contestant -> ln throughput."""
    for name in run.contestants:
        own = measured.services.get(name)
        throughput = own.estimate(THROUGHPUT) if own else None
        if throughput and throughput.value:
            yield name, math.log(throughput.value)


def _counts(run: Published) -> Found:
    """Instructions per request of each endpoint."""
    counting, entry = run.record.counting, run.entry
    if counting is None:
        return
    machine = f"processors of vendor {vendor(entry.cpu_model or 'unknown')}, {entry.images} images"
    for name in run.contestants:
        for endpoint, value in run.results.instructions.get(name, {}).items():
            asked = counting.of(endpoint)
            place = AFTER_WORKLOADS + ENDPOINTS.index(endpoint)
            title = f"Instructions per request: {endpoint}"
            yield (name,), Label(place, title, machine, str(asked), COUNT), value


def _pairs(run: Published) -> Found:
    """Ratios of the primary metric, by load, or by endpoint where each was isolated."""
    for place, load in enumerate(WORKLOADS.values()):
        measured = run.results.workloads.get(load.name)
        for pair in measured.comparisons if measured else ():
            first, second = sorted((pair.a, pair.b))
            if not (pair.primary and pair.metric == load.primary.name):
                continue
            if not {first, second} <= set(run.contestants):
                continue
            endpoint = f", {pair.endpoint}" if pair.endpoint else ""
            metric = noun(metrics.of(pair.metric).label)
            title = f"{capital(load_name(load.name))}{endpoint}: {metric}"
            parameters = measured.parameters.model_dump_json() if measured else ""
            label = Label(place, title, _machine(run), parameters, PAIR)
            value = pair.ratio if pair.a == first else reciprocal(pair.ratio)
            yield (first, second), label, value


def _machine(run: Published) -> str:
    """The processor and what else the runs of a series have in common."""
    entry = run.entry
    cores = f"{entry.cores} core{'s' * (entry.cores != 1)}"
    processor = entry.cpu_model or "unknown processor"
    return f"{processor}, {cores}, {entry.images} images, profile {entry.profile}"


def changed(before: RunRecord, after: RunRecord, name: str) -> tuple[str, ...]:
    """Versions of a contestant's packages, of the lab and of images, and the commit, that differ
    between two runs."""
    then, now = (
        {
            **versions(record, name),
            **{f"the lab's {what}": value for what, value in record.environment.versions.items()},
            **{
                f"image of {what}": image.digest[:19]
                for what, image in record.environment.images.items()
                if image.digest
            },
            "commit": (record.environment.git_commit or "unknown")[:12],
            "kernel": record.environment.kernel or "unknown",
            "engine": record.environment.engine or "unknown",
        }
        for record in (before, after)
    )
    return differing(then, now)


def versions(record: RunRecord, name: str) -> Mapping[str, str]:
    """Package -> version of a contestant; empty where a run does not have it."""
    return record.services[name].packages if name in record.services else {}


def differing(then: Mapping[str, str], now: Mapping[str, str]) -> tuple[str, ...]:
    """`fastapi 0.129.0 to 0.130.0`: what differs."""
    return tuple(
        f"{what} {then.get(what, 'none')} to {now.get(what, 'none')}"
        for what in {**then, **now}
        if then.get(what) != now.get(what)
    )
