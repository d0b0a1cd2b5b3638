"""The lab's analysis on arrays, for thousands of runs: `test_analysis` compares it with `derive`.

Logarithms throughout: intervals are of ln(a / b).
"""

import math
from dataclasses import dataclass

import numpy as np

from levelbench.analysis import stats
from levelbench.model.config import load_config
from tests.unit.simulation.alternatives import differences
from tests.unit.simulation.machine import Array
from tests.unit.simulation.runs import Experiment, Flags, Seats, Simulated

STATISTICS = load_config().statistics


@dataclass(frozen=True)
class Intervals:
    """Runs, or runs x pairs; NaN without an interval."""

    blocks: Seats
    """Number of blocks that both have."""
    mean: Array
    half: Array

    @property
    def low(self) -> Array:
        return self.mean - self.half

    @property
    def high(self) -> Array:
        return self.mean + self.half

    @property
    def excludes_one(self) -> Flags:
        return (self.low > 0) | (self.high < 0)


@dataclass(frozen=True)
class Outcome:
    """The results of many runs. Pairs are those of `combinations` of the contestants."""

    pairs: Intervals
    control: Intervals
    bound: Array
    """The far end of the A/A interval, as a share; 0 without one."""
    better: Flags
    """The first of a pair is called better."""
    worse: Flags
    valid: Flags
    publishable: Flags


def intervals(logs: Array, confidence: float) -> Intervals:
    """Student's t over axis 1, the blocks; NaN where a block has no value."""
    n = (~np.isnan(logs)).sum(axis=1)
    total = np.nansum(logs, axis=1)
    mean = np.divide(total, n, out=np.full(total.shape, np.nan), where=n > 0)
    squares = np.nansum((logs - np.expand_dims(mean, 1)) ** 2, axis=1)
    known = n >= stats.MIN_TRIALS
    freedom = np.where(known, n - 1, 1)
    quantiles = np.array(
        [math.nan] + [stats.t_quantile(k, confidence) for k in range(1, logs.shape[1] + 1)]
    )
    half = quantiles[freedom] * np.sqrt(squares / freedom / np.maximum(n, 1))
    return Intervals(n, mean, np.where(known, half, np.nan))


def analyse(design: Experiment, simulated: Simulated) -> Outcome:
    values, contestants = simulated.values(), len(design.truth)
    family = math.comb(contestants, 2)
    confidence = stats.simultaneous_confidence(family)
    pairs = intervals(differences(values[:, :, :contestants]), confidence)
    control = _control(design, simulated, values)
    far = np.maximum(np.abs(control.low), np.abs(control.high))
    bound = np.nan_to_num(np.exp(far) - 1)
    beyond = math.log1p(design.tie_threshold)
    enough = pairs.blocks >= STATISTICS.verdict_blocks_min
    least = (~np.isnan(values[:, :, :contestants])).sum(axis=1).min(axis=1)
    valid = least >= STATISTICS.valid_blocks_share_min * design.blocks
    wanted = max(
        STATISTICS.verdict_blocks_min, STATISTICS.publishable_blocks_share_min * design.blocks
    )
    narrow = ~np.isnan(control.mean) & ~np.isnan(control.half) & (bound <= STATISTICS.control_limit)
    return Outcome(
        pairs=pairs,
        control=control,
        bound=bound,
        better=enough & (pairs.low > beyond),
        worse=enough & (pairs.high < -beyond),
        valid=valid,
        publishable=valid & (least >= wanted) & (narrow | (not design.control)),
    )


def _control(design: Experiment, simulated: Simulated, values: Array) -> Intervals:
    if not design.control:
        return intervals(np.full(values.shape[:2], np.nan), stats.CONFIDENCE)
    own = np.take_along_axis(values, simulated.twins[:, :, None], axis=2)[:, :, 0]
    return intervals(values[:, :, -1] - own, stats.CONFIDENCE)
