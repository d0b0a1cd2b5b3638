"""Variance components of two levels of noise: between fresh starts, and between slices of a start.

Each start has its own level (memory layout, distribution of connections), which all its slices
share. Slices of one start are therefore not independent, and an interval over slices is too narrow.
Values are logarithms of throughput, or of the ratio of two contestants that run at the same time (a
start is then one start of both, with the cost of both). The simulation uses this model to choose
the number of slices; the lab computes intervals over starts.

Source of all formulas: Kalibera and Jones, "Rigorous Benchmarking in Reasonable Time", ISMM
2013, for two levels: T1 is `within`, T2 is `between`.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean

from levelbench.analysis import stats
from levelbench.analysis.stats import Bounds

Groups = Sequence[Sequence[float]]
"""Start -> its slices."""


@dataclass(frozen=True)
class Levels:
    """Unbiased variances of logarithms: 0.0004 is a standard deviation of 2%."""

    between: float
    """Variance of the starts' levels. Below 0 where the slices' noise explains it all and more."""
    within: float
    """Variance of slices around their start's level."""


@dataclass(frozen=True)
class Cost:
    """Wall time, in seconds."""

    start_s: float
    """A fresh start without its slices: restore, start, warm-up, removal."""
    slice_s: float


def estimate(groups: Groups) -> Levels | None:
    """Estimate the two variances by the method of moments. None below 2 starts, or where no start
    has 2 slices.

    With equal numbers of slices r: T1 = S1, T2 = S2 - S1 / r (Kalibera and Jones), S2 being
    the variance of the starts' means. With unequal numbers r stands for
    (N - sum of r_i^2 / N) / (k - 1) in the analysis of variance of one random factor (Searle,
    Casella and McCulloch, "Variance Components", 1992, chapter 3).
    """
    starts = [group for group in groups if group]
    slices = sum(len(group) for group in starts)
    if len(starts) < 2 or slices == len(starts):
        return None
    grand = fmean(value for group in starts for value in group)
    among = math.fsum(len(group) * (fmean(group) - grand) ** 2 for group in starts)
    inside = math.fsum(_squares(group) for group in starts)
    freedom = len(starts) - 1
    within = inside / (slices - len(starts))
    each = (slices - sum(len(group) ** 2 for group in starts) / slices) / freedom
    return Levels(between=(among / freedom - within) / each, within=within)


def mean_interval(groups: Groups, confidence: float = stats.CONFIDENCE) -> Bounds | None:
    """Student-t interval over the means of starts, which includes both levels of noise. None below
    3 starts."""
    return stats.mean_interval([fmean(group) for group in groups if group], confidence)


def slices_per_start(levels: Levels, cost: Cost) -> int | None:
    """Optimal number of slices per start: ceil(sqrt(cost of a start / cost of a slice
    x within / between)), which minimises the variance for a given wall time.

    None where starts do not differ: then a further slice is as good as a start and costs less.
    """
    if levels.between <= 0:
        return None
    best = math.sqrt(cost.start_s / cost.slice_s * levels.within / levels.between)
    return max(1, math.ceil(best))


def expected_half_width(
    levels: Levels,
    cost: Cost,
    wall_s: float,
    slices: int,
    confidence: float = stats.CONFIDENCE,
) -> float | None:
    """Expected half-width of `mean_interval` after `wall_s` seconds, spent on starts of `slices`
    slices each; None where fewer than 3 starts fit in.

    t sqrt((between + within / slices) / starts), times c4: a standard deviation estimated from few
    values is too small by this factor on average (NIST/SEMATECH e-Handbook, 6.3.2).
    """
    starts = int(wall_s // (cost.start_s + slices * cost.slice_s))
    if starts < stats.MIN_TRIALS:
        return None
    variance = max(0.0, levels.between) + levels.within / slices
    t = stats.t_quantile(starts - 1, confidence)
    return t * _c4(starts) * math.sqrt(variance / starts)


def _squares(values: Sequence[float]) -> float:
    """Sum of squared deviations from the mean."""
    mean = fmean(values)
    return math.fsum((value - mean) ** 2 for value in values)


def _c4(n: int) -> float:
    """Expectation of the standard deviation of n normal values, as a share of the true one."""
    return math.sqrt(2 / (n - 1)) * math.exp(math.lgamma(n / 2) - math.lgamma((n - 1) / 2))
