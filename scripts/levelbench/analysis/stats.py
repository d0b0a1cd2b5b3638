"""Statistics over trials: pure functions, each citing its source.

One observation is one trial (or one block's pair of trials), never one request: requests of
one trial share its start, its cache and its minute, and are not independent (Kalibera and
Jones, "Rigorous Benchmarking in Reasonable Time", ISMM 2013).
"""

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from scipy import special

from levelbench.model.bracket import common_error, least_variance

CONFIDENCE = 0.95
MIN_TRIALS = 3
"""Fewer trials get no interval: at 2 trials the t quantile is 12.7."""

NORMAL_CONSISTENCY = 1.4826
"""1 / the normal distribution's third quartile: turns a median absolute deviation into a
standard deviation (Leys et al., J. Exp. Soc. Psychol. 49, 2013)."""


@dataclass(frozen=True)
class Bounds:
    """A value and the bounds of its confidence interval."""

    value: float
    low: float
    high: float


def mean_interval(
    values: Sequence[float], confidence: float = CONFIDENCE, variance_min: float = 0.0
) -> Bounds | None:
    """Student-t interval of the mean, n - 1 degrees of freedom; None below 3 values.

    `variance_min`: variance that one value is known to have at least.

    Source: Student, "The probable error of a mean", Biometrika 6 (1908); NIST/SEMATECH
    e-Handbook of Statistical Methods, 1.3.5.2.
    """
    n = len(values)
    if n < MIN_TRIALS:
        return None
    mean = statistics.fmean(values)
    variance = math.fsum((value - mean) ** 2 for value in values) / (n - 1)
    half_width = t_quantile(n - 1, confidence) * math.sqrt(max(variance, variance_min) / n)
    return Bounds(mean, mean - half_width, mean + half_width)


def poisson_interval(count: int, confidence: float = CONFIDENCE) -> tuple[float, float]:
    """Exact interval of a Poisson mean after `count` events; from 0 where there were none.

    Source: Garwood, "Fiducial limits for the Poisson distribution", Biometrika 28 (1936).
    """
    tail = (1 - confidence) / 2
    low = float(special.chdtri(2 * count, 1 - tail)) / 2 if count else 0.0
    return low, float(special.chdtri(2 * count + 2, tail)) / 2


def normal_quantile(confidence: float = CONFIDENCE) -> float:
    """Quantile of the normal distribution for a two-sided confidence; 1.96 for 0.95."""
    return -float(special.ndtri((1 - confidence) / 2))


def t_quantile(degrees_of_freedom: float, confidence: float = CONFIDENCE) -> float:
    """Quantile of Student's t for a two-sided confidence; 2.776 for 4 degrees of freedom and 0.95.

    Source: Student (1908); NIST/SEMATECH e-Handbook, 1.3.6.7.2.
    """
    # The lower tail is precise where it is tiny. `scipy.special` and not `scipy.stats`, whose
    # import costs every command half a second and 50 MB.
    return -float(special.stdtrit(degrees_of_freedom, (1 - confidence) / 2))


def geometric_mean_ratio(pairs: Sequence[tuple[float, float]]) -> float | None:
    """Geometric mean of a / b over pairs; None without pairs.

    The one mean for which the ratio a/b is the reciprocal of b/a (Fleming and Wallace, "How
    not to lie with statistics", CACM 29, 1986).
    """
    if not pairs:
        return None
    return math.exp(math.fsum(_log_ratios(pairs)) / len(pairs))


def ratio_interval(
    pairs: Sequence[tuple[float, float]], confidence: float = CONFIDENCE
) -> Bounds | None:
    """Confidence interval of the ratio a / b of paired positive observations; None below 3 pairs.

    d = ln(a / b) in each block; exp(mean d) with a Student-t interval on the logarithms.
    Pairs within a block share the machine's state, so that what they share cancels. Source:
    Bland and Altman, "The use of transformation when comparing two means", BMJ 312 (1996);
    pairing within randomised blocks: Box, Hunter and Hunter, "Statistics for Experimenters",
    chapter 3. What is known only to lie within a bracket adds its error.
    """
    ratios = [a / b for a, b in pairs]
    bounds = mean_interval([math.log(r) for r in ratios], confidence, least_variance(ratios))
    if bounds is None:
        return None
    error = common_error(ratios)
    low, high = bounds.low - error, bounds.high + error
    return Bounds(math.exp(bounds.value), math.exp(low), math.exp(high))


def unpaired_ratio_interval(
    a: Sequence[float], b: Sequence[float], confidence: float = CONFIDENCE
) -> Bounds | None:
    """Confidence interval of the ratio a / b without common blocks; None below 3 on either side.

    exp of the difference of the means of the logarithms, with a Student-t interval that lets each
    side have a variance of its own. Source: Welch, "The generalization of 'Student's' problem when
    several different population variances are involved", Biometrika 34 (1947); degrees of freedom:
    Satterthwaite, Biometrics Bulletin 2 (1946).
    """
    if min(len(a), len(b)) < MIN_TRIALS:
        return None
    (mean_a, error_a), (mean_b, error_b) = _mean_and_error(a), _mean_and_error(b)
    difference, squared = mean_a - mean_b, error_a + error_b
    if squared == 0:
        return Bounds(math.exp(difference), math.exp(difference), math.exp(difference))
    freedom = squared**2 / (error_a**2 / (len(a) - 1) + error_b**2 / (len(b) - 1))
    half_width = t_quantile(freedom, confidence) * math.sqrt(squared)
    half_width += common_error(a) + common_error(b)
    low, high = difference - half_width, difference + half_width
    return Bounds(math.exp(difference), math.exp(low), math.exp(high))


def _mean_and_error(values: Sequence[float]) -> tuple[float, float]:
    """Mean of the logarithms, and its squared standard error."""
    logarithms = [math.log(value) for value in values]
    n = len(logarithms)
    mean = statistics.fmean(logarithms)
    variance = math.fsum((value - mean) ** 2 for value in logarithms) / (n - 1)
    return mean, max(variance, least_variance(values)) / n


def _log_ratios(pairs: Sequence[tuple[float, float]]) -> list[float]:
    return [math.log(a / b) for a, b in pairs]


def simultaneous_confidence(comparisons: int, confidence: float = CONFIDENCE) -> float:
    """Confidence of each of m intervals so that all together have `confidence` (Bonferroni).

    It assumes nothing about the contestants' noise; for narrower methods see docs/statistics.md.
    Source: Bonferroni's inequality; Dunn, "Multiple comparisons among means", JASA 56 (1961).
    """
    if comparisons < 1:
        raise ValueError("there is nothing to compare")
    return 1 - (1 - confidence) / comparisons


def log_bound(low: float, high: float) -> float:
    """The larger distance of an interval's bounds from 1, as a fraction: (0.97, 1.02) gives 0.0309.

    Symmetric in a/b and b/a, as limits of equivalence of ratios are: the larger of 1 / low and
    high, less 1 (FDA, "Statistical Approaches to Establishing Bioequivalence", 2001).
    """
    return math.exp(max(abs(math.log(low)), abs(math.log(high)))) - 1


def outliers(values: Sequence[float], deviations: float) -> list[int]:
    """Positions of outliers: values beyond `deviations` robust standard deviations of the median.

    Median and median absolute deviation, because one outlier among a few values inflates the
    standard deviation that it is judged by (Leys et al., 2013). None below 5 values.
    """
    if len(values) < 5:
        return []
    # Not scipy.stats.median_abs_deviation: see `t_quantile`.
    center = statistics.median(values)
    spread = NORMAL_CONSISTENCY * statistics.median([abs(value - center) for value in values])
    if spread == 0:
        return []
    return [i for i, value in enumerate(values) if abs(value - center) > deviations * spread]
