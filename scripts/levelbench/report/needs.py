"""The needs a framework may be chosen by, and how the contestants compare on each."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations

from levelbench.analysis import verdict as comparison
from levelbench.model import workloads
from levelbench.model.estimate import Estimate
from levelbench.model.limits import Statistics
from levelbench.model.metric import Metric
from levelbench.model.metrics import CAPACITY, COLD_START, CPU, LATENCY, MEMORY, THROUGHPUT, USERS
from levelbench.model.results import Comparison, EndpointResults, Results, ServiceResults
from levelbench.model.vocabulary import Endpoint
from levelbench.report import verdicts
from levelbench.report.metrics import value
from levelbench.report.standing import better_first
from levelbench.report.tables import alone, contestants, pairs
from levelbench.report.tables.table import Table


@dataclass(frozen=True)
class Need:
    """One criterion for choosing a framework."""

    text: str
    """Completes "if you need ..."."""
    metric: Metric
    workloads: tuple[str, ...]
    """The workloads that measure it, preferred first."""
    choice: str
    """The value of WORKLOAD= that measures it."""
    endpoint: Endpoint | None = None


_MIXES = ("closed", "closed-no-auth", "open-80", "open-50")
_RATED_FIRST = ("open-80", "open-50", "closed", "closed-no-auth")
"""At full speed CPU time per request is the same observation as throughput."""

NEEDS: tuple[Need, ...] = (
    Need("most requests per second on one core", THROUGHPUT, ("closed",), "closed"),
    Need("most requests per second without password hashing", THROUGHPUT, ("closed-no-auth",),
         "closed-no-auth"),
    Need("most list pages per second", THROUGHPUT, ("endpoints",), "endpoints", "list"),
    Need("lowest latency at a moderate fixed rate", LATENCY, ("open-50",), "open"),
    Need("lowest latency at a high fixed rate", LATENCY, ("open-80",), "open"),
    Need("highest rate within a latency limit", CAPACITY, ("capacity",), "capacity"),
    Need("most users within a latency limit", USERS, ("session",), "session"),
    Need("least CPU time per request", CPU, _RATED_FIRST, "open"),
    Need("least memory", MEMORY, _MIXES, "closed"),
    Need("fastest cold start", COLD_START, _MIXES, "closed"),
)  # fmt: skip


@dataclass(frozen=True)
class Standing:
    """The contestants' comparison on one need."""

    need: Need
    workload: str
    figures: Mapping[str, Estimate]
    """Values of all considered contestants, best first."""
    unplaced: tuple[str, ...]
    """Those with too few trials for a comparison."""
    excluded: Mapping[str, str]
    """Those that ran and are not considered -> the reason."""
    pairs: Mapping[frozenset[str], Comparison]
    uneven: Estimate | None
    """The A/A ratio, if it shows a bias that prevents a ranking."""
    shown_in: Table
    """The table of comparisons, or else of values."""
    statistics: Statistics
    quotable: bool
    """Whether the run may be quoted: else it decides nothing."""

    @property
    def shown_best(self) -> tuple[str, ...]:
        """Contestants that are shown to be better than each other one, or equivalent to it.

        One that lost its measurements counts as another one: nothing is shown about it.
        """
        others = (*self.figures, *self.unplaced)
        if not self.decided:
            return ()
        return tuple(
            name
            for name in self.figures
            if all(self._is_no_worse(name, other) for other in others if other != name)
        )

    def _is_no_worse(self, one: str, other: str) -> bool:
        pair = self.pairs.get(frozenset((one, other)))
        return self.beats(one, other) or (pair is not None and pair.verdict == "equivalent")

    @property
    def imprecise(self) -> bool:
        """Whether a pair of those that are not excluded is not measured precisely enough."""
        limits = self.statistics
        found = [self.pairs.get(frozenset(both)) for both in combinations(self.best, 2)]
        return any(
            pair is None
            or verdicts.thin(pair, limits.verdict_blocks_min)
            or verdicts.imprecise(pair, limits.precise_limit)
            for pair in found
        )

    @property
    def same_as(self) -> str | None:
        """The metric of which this need's is the same observation; None if it is one by itself."""
        return next((pair.same_as for pair in self.pairs.values() if pair.same_as), None)

    @property
    def best(self) -> tuple[str, ...]:
        """All contestants that no other one is shown to beat: they are not excluded as best."""
        found = tuple(
            name
            for name in self.figures
            if not any(self.beats(other, name) for other in self.figures)
        )
        # Pairs without common blocks may contradict each other, so that each is beaten by another.
        return found or tuple(self.figures)[:1]

    @property
    def decided(self) -> bool:
        """Whether there are two contestants, enough common rounds, no bias and a quotable run."""
        minimum = self.statistics.verdict_blocks_min
        return (
            self.quotable
            and self.uneven is None
            and any(
                _compared(pair) and not pair.same_as and not verdicts.thin(pair, minimum)
                for pair in self.pairs.values()
            )
        )

    def beats(self, one: str, other: str) -> bool:
        pair = self.pairs.get(frozenset((one, other)))
        if pair is None:
            return False
        first, _, _, verdict = better_first(pair)
        return verdict == "better" and first == one


def standings(results: Results) -> list[Standing]:
    """The comparison on each need that the run measured."""
    found = []
    for need in NEEDS:
        workload = next((name for name in need.workloads if name in results.workloads), None)
        if workload is not None:
            found.append(_standing(results, need, workload))
    return found


def unmeasured(results: Results) -> list[Need]:
    """The needs that the run did not measure."""
    return [need for need in NEEDS if not set(need.workloads) & results.workloads.keys()]


def left_out(results: Results) -> dict[str, str]:
    """Contestants that are not considered for any need -> the reason."""
    measured = results.workloads.values()
    return {
        name: summary.failure or "it has no valid measurement"
        for name, summary in results.services.items()
        if summary.role == "contestant"
        and (
            summary.failure
            or not any(name in w.services and w.services[name].trials for w in measured)
        )
    }


def _standing(results: Results, need: Need, workload: str) -> Standing:
    measured = results.workloads[workload]
    excluded = _excluded(results, need, workload)
    figures = {
        name: figure
        for name in _ran(results, workload)
        if name not in excluded
        and (figure := _figure(results, need, workload, name))
        and figure.value is not None
    }
    found = {
        frozenset((pair.a, pair.b)): pair
        for pair in measured.comparisons
        if (pair.metric, pair.endpoint) == (need.metric.name, need.endpoint)
        and {pair.a, pair.b} <= figures.keys()
    }
    placed = {n for both, p in found.items() if _compared(p) for n in both}
    higher = need.metric.better == "higher"
    known = {name: figure.value for name, figure in figures.items() if figure.value is not None}
    order = sorted(placed or figures, key=lambda name: (known[name], name), reverse=higher)
    twin = measured.control
    control = (twin.endpoints.get(need.endpoint) if need.endpoint else twin.ratio) if twin else None
    return Standing(
        need,
        workload,
        {name: figures[name] for name in order},
        (*(name for name in figures if name not in order), *_lost(results, workload)),
        excluded,
        found,
        control if comparison.untrusted(control, results.statistics.control_limit) else None,
        _table(results, need, workload, compared=len(found) > 0),
        results.statistics,
        results.publishable,
    )


def _compared(pair: Comparison) -> bool:
    """Whether a pair has an interval, or a verdict that follows from a bound."""
    return pair.ratio.confidence_interval is not None or pair.verdict != "inconclusive"


def _excluded(results: Results, need: Need, workload: str) -> dict[str, str]:
    """Contestants that failed trials, and those limited by the database."""
    load, measured = workloads.of(workload), results.workloads[workload]
    compared = [pair for pair in measured.comparisons if pair.endpoint == need.endpoint]
    placed = {name for pair in compared if pair.primary for name in (pair.a, pair.b)}
    found = {}
    for name in _ran(results, workload):
        service = measured.services[name]
        part: EndpointResults | ServiceResults | None = service
        if need.endpoint:
            part = service.endpoints.get(need.endpoint)
        if part and part.database_bound:
            # Its CPU time and memory are still its own.
            if need.metric == load.primary:
                found[name] = contestants.DATABASE_BOUND
        elif (service.rank is None and not load.alone) or (placed and name not in placed):
            found[name] = "a measurement failed"
    return found


def _lost(results: Results, workload: str) -> list[str]:
    """Contestants without a value that did not fail: all their trials were disturbed."""
    return [
        name
        for name, service in results.workloads[workload].services.items()
        if (summary := results.services[name]).role == "contestant"
        and not service.trials
        and not summary.failure
    ]


def _ran(results: Results, workload: str) -> list[str]:
    return [
        name
        for name, service in results.workloads[workload].services.items()
        if results.services[name].role == "contestant" and service.trials
    ]


def _figure(results: Results, need: Need, workload: str, name: str) -> Estimate | None:
    service = results.workloads[workload].services[name]
    if need.endpoint is None:
        return value(need.metric, service, results.services[name])
    part = service.endpoints.get(need.endpoint)
    return part.estimate(need.metric) if part else None


def _table(results: Results, need: Need, workload: str, *, compared: bool) -> Table:
    load = workloads.of(workload)
    if compared:
        of = pairs.comparisons if need.metric == load.primary else pairs.exploratory
        table = of(results, workload, load.primary.name)
        if table.rows:
            return table
    return figures_of(results, workload)


def figures_of(results: Results, workload: str) -> Table:
    """The table of each contestant's results under a workload."""
    if workloads.of(workload).alone:
        return alone.each_endpoint(results, workload)
    return contestants.head_to_head(results, workload)
