"""Statistics over trials: pure functions, each citing its source.

One observation is one trial (or one block's pair of trials), never one request: requests of
one trial share its start, its cache and its minute, and are not independent (Kalibera and
Jones, "Rigorous Benchmarking in Reasonable Time", ISMM 2013).
"""

import math
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from scipy import special

from levelbench.model.bracket import common_error, exact, least_variance

CONFIDENCE = 0.95
MIN_TRIALS = 3
"""Fewer trials get no interval: at 2 trials the t quantile is 12.7."""

MIN_LOG_TRIALS = 5
"""The same for the interval of a geometric mean (`log_mean_interval`)."""

MAX_SWEEPS, TOLERANCE = 10_000, 1e-12
"""Of the alternating least squares: far below what any report shows."""

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


def log_mean_interval(values: Sequence[float]) -> tuple[float, Bounds | None] | None:
    """Geometric mean, and the Student-t interval of the logarithms, transformed back; no interval
    below 5 values. None where a value has no logarithm.

    Latency is skewed to the right: a symmetric interval reaches too low, even below 0. Source:
    Bland and Altman, "Transformations, means, and confidence intervals", BMJ 312, 1079 (1996).
    With fewer values the quantile of t makes the upper end meaningless: at 3 values and a
    coefficient of variation of 30%, 2.1 times the mean.
    """
    if not values or min(values) <= 0:
        return None
    logarithms = [math.log(value) for value in values]
    mean = math.exp(statistics.fmean(logarithms))
    if len(values) < MIN_LOG_TRIALS:
        return mean, None
    bounds = mean_interval(logarithms)
    assert bounds is not None
    return mean, Bounds(mean, math.exp(bounds.low), math.exp(bounds.high))


def block_factors(observed: Mapping[str, Mapping[int, float]]) -> dict[str, float]:
    """Factor that turns each service's own mean into its least-squares mean over all blocks.

    The model is additive in logarithms: ln(value) = service + block. A service's least-squares mean
    is its own mean of logarithms, plus the mean effect of all blocks, minus that of its own blocks.
    Source: Searle, Speed and Milliken, "Population marginal means in the linear model: an
    alternative to least squares means", American Statistician 34 (1980). Empty where blocks and
    services are not connected, so that nothing says how the missing blocks were, or where a value
    has no logarithm or is only a bound.
    """
    if not all(exact(value).is_closed for own in observed.values() for value in own.values()):
        return {}
    logs = {
        name: {block: math.log(value) for block, value in own.items()}
        for name, own in observed.items()
        if own
    }
    if not logs or not _connected(logs):
        return {}
    blocks = sorted({block for own in logs.values() for block in own})
    effects = dict.fromkeys(blocks, 0.0)
    for _ in range(MAX_SWEEPS):  # alternating least squares: converges for connected designs
        services = {
            name: statistics.fmean(value - effects[block] for block, value in own.items())
            for name, own in logs.items()
        }
        previous = effects
        effects = {
            block: statistics.fmean(
                own[block] - services[name] for name, own in logs.items() if block in own
            )
            for block in blocks
        }
        if max(abs(effects[block] - previous[block]) for block in blocks) < TOLERANCE:
            break
    over_all = statistics.fmean(effects.values())
    return {
        name: math.exp(over_all - statistics.fmean(effects[block] for block in own))
        for name, own in logs.items()
    }


def _connected(observed: Mapping[str, Mapping[int, float]]) -> bool:
    """Whether every service can be reached from every other one through common blocks."""
    remaining = [set(own) for own in observed.values()]
    reached = remaining.pop() if remaining else set()
    while joined := [own for own in remaining if own & reached]:
        reached = reached.union(*joined)
        remaining = [own for own in remaining if own not in joined]
    return not remaining


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
