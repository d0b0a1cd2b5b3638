"""Number of observations that a percentile needs."""

import math

OBSERVATIONS_ABOVE = 20
"""Observations that must lie above a percentile: the relative standard error of a tail count of k
is 1 / sqrt(k), 22% at 20 (Poisson: NIST/SEMATECH e-Handbook, 1.3.6.6.19)."""


def required_observations(percentile: float) -> int:
    """Observations a window needs for `percentile` (0 to 100) to be reported.

    `OBSERVATIONS_ABOVE` of them must lie above it: p95 needs 400, p99 2,000, p99.9 20,000.
    """
    if not 0 <= percentile < 100:
        raise ValueError(f"{percentile} is no percentile below 100")
    # Rounded first: 20 / (1 - 0.999) is a hair above 20,000 in binary.
    return math.ceil(round(OBSERVATIONS_ABOVE * 100 / (100 - percentile), 6))
