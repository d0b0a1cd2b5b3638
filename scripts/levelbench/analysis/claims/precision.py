"""Precision that a claim needs, and the precision to expect from a number of blocks."""

import math
from typing import Literal

from levelbench.analysis import stats
from levelbench.analysis.claims.article import TOLERANCE

BLOCK_DEVIATION = 0.065
"""Standard deviation between blocks of the logarithm of a ratio of throughputs, measured with one
contestant under two names (docs/statistics.md): 5.8 to 7.0% with windows of 21 to 27 s, and 6.4% in
20 runs with the 10 s that a closed load has now. Simulated, 5 slices of 2 s have 4.8% on the noisy
machine and 7.6% on the noisier one."""

Prospect = Literal["yes", "perhaps", "no"]


def half_width(blocks: int, pairs: int) -> float | None:
    """The expected half-width of one of several simultaneous intervals, as a fraction; None where
    there are no intervals."""
    if blocks < stats.MIN_TRIALS or pairs < 1:
        return None
    quantile = stats.t_quantile(blocks - 1, stats.simultaneous_confidence(pairs))
    return math.exp(quantile * BLOCK_DEVIATION / math.sqrt(blocks)) - 1


def prospect(expected: float | None, tolerance: float = TOLERANCE) -> Prospect:
    """Whether an interval of this half-width can confirm a true claim.

    An interval wider than the tolerance fits into no claim. With half the tolerance, an interval
    that covers the true ratio always fits: nearly every run decides.
    """
    if expected is None or expected >= tolerance:
        return "no"
    return "yes" if (1 + expected) ** 2 <= 1 + tolerance else "perhaps"


def requests_needed(rate: float, rates: int) -> int:
    """The requests from which the interval of an error rate has a half-width of the tolerance, one
    of several simultaneous ones: 1 / sqrt(errors) is the deviation of the logarithm of a count."""
    quantile = stats.normal_quantile(stats.simultaneous_confidence(rates))
    errors = (quantile / math.log1p(TOLERANCE)) ** 2
    return math.ceil(errors / rate)
