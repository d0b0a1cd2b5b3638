"""Changes from one run to another: of each contestant's metrics, and of the ratios between them.

Each contestant is compared with itself, trials of one run with those of the other: they share no
blocks, so the intervals are Welch's. This includes the machine's speed on both days, so it decides
nothing. Ratios between contestants do not include it: they are taken block by block within each
run, and only then compared.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from levelbench.analysis import estimates, stats
from levelbench.analysis import verdict as comparison
from levelbench.analysis.two_runs.admit import Common, Side
from levelbench.analysis.verdict import Observations, Tie
from levelbench.model import metrics, workloads
from levelbench.model.bracket import bound_of_mean
from levelbench.model.estimate import UNDEFINED, Estimate, Interval
from levelbench.model.results import Verdict
from levelbench.model.trial import TrialRecord
from levelbench.model.vocabulary import ENDPOINTS, Endpoint

Trials = Mapping[str, Sequence[TrialRecord]]
"""Label -> its trials under one workload."""


@dataclass(frozen=True)
class Measure:
    """What is compared: one metric of one workload, or of one isolated endpoint of it."""

    workload: str
    metric: str
    endpoint: Endpoint | None = None

    @property
    def decides(self) -> bool:
        return self.metric == workloads.of(self.workload).primary.name


@dataclass(frozen=True)
class Change:
    """Change from run A to run B, of a contestant's metric or its ratio to another's."""

    measure: Measure
    service: str
    other: str | None
    """The contestant that it is compared with in each run; None for its own metric."""
    before: Estimate
    after: Estimate
    ratio: Estimate
    """After / before. Intervals of ratios between contestants are simultaneous."""
    verdict: Verdict
    decidable: bool
    """Whether both runs have enough blocks for a verdict."""


def measures(common: Common) -> Iterator[Measure]:
    """The primary metric of each workload, then the metrics that runs are compared by, except what
    follows from throughput under its load (Little's law), and CPU time of unlike kernels."""
    for name in common.workloads:
        workload = workloads.of(name)
        parts: Sequence[Endpoint | None] = ENDPOINTS if workload.alone else (None,)
        for metric in workload.metrics:
            says_more = metric.between_runs and not (
                workload.saturates and metric.follows_throughput
            )
            if common.without_cpu and metric in metrics.CPU_OF.values():
                continue
            if metric == workload.primary or says_more:
                yield from (Measure(name, metric.name, part) for part in parts)


def tie_of(a: Side, b: Side) -> Tie:
    """The wider tie of the two runs."""
    return Tie(max(side.run.record.tie_threshold for side in (a, b)))


def of_figures(
    common: Common,
    before: Mapping[str, Trials],
    after: Mapping[str, Trials],
    ties: Mapping[Measure, Tie],
    blocks_min: int,
) -> Iterator[Change]:
    """Compare each service's metrics with its own in the other run, each interval at 95%."""
    for measure, tie in ties.items():
        for name in common.services:
            x, y = (list(_observed(run, measure, name).values()) for run in (before, after))
            if x and y:
                yield _change(measure, name, None, x, y, tie, stats.CONFIDENCE, blocks_min)


def of_ratios(
    contestants: Sequence[str],
    before: Mapping[str, Trials],
    after: Mapping[str, Trials],
    ties: Mapping[Measure, Tie],
    blocks_min: int,
) -> Iterator[Change]:
    """Compare the ratio of each pair of contestants, paired within each run, between the runs:
    by the primary metrics, with simultaneous intervals."""
    found = []
    for measure in ties:
        if not measure.decides:
            continue
        for name, other in combinations(sorted(contestants), 2):
            if any(_is_the_databases(before, after, measure, n) for n in (name, other)):
                continue
            x, y = (_within(run, measure, name, other) for run in (before, after))
            if x and y:
                found.append((measure, name, other, x, y))
    confidence = stats.simultaneous_confidence(len(found)) if found else stats.CONFIDENCE
    for measure, name, other, x, y in found:
        yield _change(measure, name, other, x, y, ties[measure], confidence, blocks_min)


def _within(trials: Mapping[str, Trials], measure: Measure, name: str, other: str) -> list[float]:
    """One contestant over the other, block by block of one run."""
    pairs = comparison.paired(*(_observed(trials, measure, n) for n in (name, other)))
    return [own / others for own, others in pairs]


def _change(
    measure: Measure,
    service: str,
    other: str | None,
    before: Sequence[float],
    after: Sequence[float],
    tie: Tie,
    confidence: float,
    blocks_min: int,
) -> Change:
    ratio = _unpaired(after, before, confidence)
    decidable = min(len(before), len(after)) >= blocks_min
    return Change(
        measure=measure,
        service=service,
        other=other,
        before=_level(before, ratios=other is not None),
        after=_level(after, ratios=other is not None),
        ratio=ratio,
        verdict=comparison.verdict(
            ratio.confidence_interval if decidable else None,
            tie,
            metrics.of(measure.metric).better,
        ),
        decidable=decidable,
    )


def _level(values: Sequence[float], *, ratios: bool) -> Estimate:
    """The estimate that the run's own report shows."""
    if ratios:
        return comparison.ratio([(value, 1.0) for value in values])
    return estimates.estimate(values)


def _unpaired(a: Sequence[float], b: Sequence[float], confidence: float) -> Estimate:
    try:
        bound = bound_of_mean([*a, *(1 / value for value in b)])
    except ValueError:
        return UNDEFINED
    bounds = stats.unpaired_ratio_interval(a, b, confidence)
    if bounds is None or bound:
        means = [stats.geometric_mean_ratio([(value, 1.0) for value in side]) for side in (a, b)]
        value = float(means[0]) / float(means[1]) if means[0] and means[1] else None
        return Estimate(value=value, bound=bound)
    return Estimate(
        value=bounds.value, confidence_interval=Interval(low=bounds.low, high=bounds.high)
    )


def _observed(trials: Mapping[str, Trials], measure: Measure, name: str) -> Observations:
    """Block -> value. A zero has no logarithm and is excluded."""
    own = trials[measure.workload].get(name, ())
    found = estimates.observations(own, metrics.of(measure.metric), measure.endpoint)
    return {block: value for block, value in found.items() if value}


def _is_the_databases(
    before: Mapping[str, Trials], after: Mapping[str, Trials], measure: Measure, name: str
) -> bool:
    """Whether the database was the limit in either run, so that throughput decides nothing."""
    return any(
        estimates.database_bound(run[measure.workload].get(name, ()), measure.endpoint)
        for run in (before, after)
    )
