"""Compare contestants: ratios of paired observations, verdicts and rank ranges."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Literal

from levelbench.analysis import stats
from levelbench.model.bracket import bound_of_mean
from levelbench.model.estimate import UNDEFINED, Estimate, Interval
from levelbench.model.metric import Better, Metric
from levelbench.model.results import Comparison, Verdict
from levelbench.model.vocabulary import Endpoint

Side = Literal["better", "worse"]
Observations = Mapping[int, float]
"""Block -> that block's trial; only blocks with a valid trial."""


@dataclass(frozen=True)
class Tie:
    """Ratios within [1 / (1 + threshold), 1 + threshold] are a tie.

    Multiplicative, so that a against b and b against a get the same verdict.
    """

    threshold: float

    @property
    def low(self) -> float:
        return 1 / (1 + self.threshold)

    @property
    def high(self) -> float:
        return 1 + self.threshold


def paired(a: Observations, b: Observations) -> list[tuple[float, float]]:
    """Pairs of observations of the blocks that both have. Zeros have no logarithm."""
    return [(a[block], b[block]) for block in sorted(a.keys() & b.keys()) if a[block] and b[block]]


def ratio(pairs: Sequence[tuple[float, float]], confidence: float = stats.CONFIDENCE) -> Estimate:
    """Estimate the ratio a / b: no interval below 3 pairs, no value without pairs.

    Where some pairs are bounds of the ratio, so is the estimate, and it has no interval.
    """
    return _estimated(pairs, confidence)[0]


def _estimated(
    pairs: Sequence[tuple[float, float]], confidence: float
) -> tuple[Estimate, stats.Bounds | None]:
    """The ratio, and the interval by which it is judged: of a bound, one end is infinite or 0, so
    that a verdict follows only from the other one."""
    try:
        bound = bound_of_mean([a / b for a, b in pairs])
    except ValueError:
        return UNDEFINED, None
    bounds = stats.ratio_interval(pairs, confidence)
    if bounds is None:
        return Estimate(value=stats.geometric_mean_ratio(pairs), bound=bound), None
    if bound:
        low, high = (bounds.low, math.inf) if bound == "at_least" else (0.0, bounds.high)
        return Estimate(value=bounds.value, bound=bound), stats.Bounds(bounds.value, low, high)
    interval = Interval(low=bounds.low, high=bounds.high)
    return Estimate(value=bounds.value, confidence_interval=interval), bounds


def verdict(interval: Interval | stats.Bounds | None, tie: Tie, better: Better) -> Verdict:
    """Judge the interval of a / b: the verdict on a.

    Wholly beyond the tie threshold: better or worse. Wholly inside: equivalent, in the sense
    of two one-sided tests (Schuirmann, J. Pharmacokinet. Biopharm. 15, 1987). Else the
    precision does not decide.
    """
    if interval is None:
        return "inconclusive"
    if interval.low > tie.high:
        return "better" if better == "higher" else "worse"
    if interval.high < tie.low:
        return "worse" if better == "higher" else "better"
    if interval.low >= tie.low and interval.high <= tie.high:
        return "equivalent"
    return "inconclusive"


def side(interval: Interval | None, better: Better) -> Side | None:
    """Whether the interval of a / b excludes 1, and on which side; None where it includes 1.

    Less than a verdict: the difference may lie within the tie.
    """
    if interval is None or interval.low <= 1 <= interval.high:
        return None
    return "better" if (interval.low > 1) == (better == "higher") else "worse"


def control_bound(control: Estimate | None) -> float | None:
    """The larger distance of the A/A interval's bounds from 1; None without an interval."""
    if control is None or control.confidence_interval is None:
        return None
    interval = control.confidence_interval
    return stats.log_bound(interval.low, interval.high)


def too_wide(control: Estimate | None, limit: float) -> bool:
    """Whether the A/A interval reaches beyond the limit within which a run is publishable."""
    bound = control_bound(control)
    return bound is not None and bound > limit


def untrusted(control: Estimate | None, limit: float) -> bool:
    """Whether the run has no ranks: the A/A control shows a bias of more than the limit, or has no
    interval that could exclude one. None: a run without an A/A control.

    Noise alone is no reason not to rank: it is in the compared intervals too (docs/statistics.md,
    The tie).
    """
    if control is None:
        return False
    return control.confidence_interval is None or (too_wide(control, limit) and _uneven(control))


def _uneven(control: Estimate | None) -> bool:
    """Whether the A/A interval excludes 1."""
    interval = control.confidence_interval if control else None
    return interval is not None and not interval.low <= 1 <= interval.high


def compare(
    metric: Metric,
    observations: Mapping[str, Observations],
    ranked: frozenset[str],
    tie: Tie,
    *,
    family: int,
    blocks_min: int,
    same_as: Metric | None = None,
    endpoint: Endpoint | None = None,
) -> list[Comparison]:
    """Compare every pair a < b by name, by one metric, and for one endpoint where each is isolated.

    A pair with fewer common blocks than `blocks_min` has no verdict, and neither has a metric that
    is the same observation as another one, `same_as`. `family` is how many primary
    comparisons the workload has, of this metric over all pairs of ranked services and all
    endpoints: their intervals hold together at 95%. It is 0 where none is primary. All others are
    exploratory and hold at 95% each.
    """
    comparisons = []
    for a, b in combinations(sorted(observations), 2):
        primary = family > 0 and ranked.issuperset((a, b))
        confidence = stats.simultaneous_confidence(family) if primary else stats.CONFIDENCE
        pairs = paired(observations[a], observations[b])
        estimate, interval = _estimated(pairs, confidence)
        decisive = interval if len(pairs) >= blocks_min and same_as is None else None
        comparisons.append(
            Comparison(
                metric=metric.name,
                endpoint=endpoint,
                primary=primary,
                a=a,
                b=b,
                ratio=estimate,
                blocks=len(pairs),
                same_as=same_as.name if same_as else None,
                verdict=verdict(decisive, tie, metric.better),
            )
        )
    return comparisons


def rank_ranges(
    services: Sequence[str], comparisons: Sequence[Comparison]
) -> dict[str, tuple[int, int]]:
    """Best and worst rank of each service: 1 + those shown better, n - those shown worse.

    Only primary comparisons count: with simultaneous intervals all ranges hold together (Mogstad,
    Romano, Shaikh and Wilhelm, "Inference for Ranks", Rev. Econ. Stud. 91, 2024).
    """
    better_than = dict.fromkeys(services, 0)
    worse_than = dict.fromkeys(services, 0)
    for comparison in comparisons:
        if not comparison.primary or not {comparison.a, comparison.b} <= better_than.keys():
            continue
        if comparison.verdict == "better":
            winner, loser = comparison.a, comparison.b
        elif comparison.verdict == "worse":
            winner, loser = comparison.b, comparison.a
        else:
            continue
        better_than[winner] += 1
        worse_than[loser] += 1
    n = len(services)
    return {name: (1 + worse_than[name], n - better_than[name]) for name in services}
