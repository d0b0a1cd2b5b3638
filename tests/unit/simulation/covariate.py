"""Analysis of covariance: would the machine's speed before each trial narrow the intervals?

Two ways to use it, compared with the lab's analysis, which does not. All are of one pair, at the
confidence that six pairs need. Throughput and speed are logarithms
within blocks, of standard deviation 1.
"""

from dataclasses import dataclass
from math import sqrt

import numpy as np

from levelbench.analysis import stats
from tests.unit.simulation.alternatives import pairs
from tests.unit.simulation.machine import Array, Machine, Timing, in_blocks

CONTESTANTS = 4
PAIRS = len(pairs(CONTESTANTS))


@dataclass(frozen=True)
class Outcome:
    half_width: float
    """Mean, as a multiple of the lab's."""
    coverage: float
    """Of the one pair; nominal is `NOMINAL`."""


NOMINAL = stats.simultaneous_confidence(PAIRS)


def correlated(correlation: float, blocks: int, runs: int, seed: int) -> tuple[Array, Array]:
    """Throughput and speed, runs x blocks x contestants."""
    draw = np.random.default_rng(seed)
    speed, other = draw.standard_normal((2, runs, blocks, CONTESTANTS))
    return correlation * speed + sqrt(1 - correlation**2) * other, speed


def outcomes(correlation: float, blocks: int, runs: int, seed: int) -> dict[str, Outcome]:
    throughput, speed = correlated(correlation, blocks, runs, seed)
    ratio = throughput[:, :, 0] - throughput[:, :, 1]
    regressor = speed[:, :, 0] - speed[:, :, 1]
    slope = _common_slope(throughput, speed)
    plain = _t_interval(ratio)
    found = {
        "a slope for each pair": _regression_intercept(ratio, regressor),
        "one slope for all": _t_interval(ratio - slope[:, None] * regressor),
    }
    return {
        name: Outcome(
            half_width=float(half.mean() / plain[1].mean()),
            coverage=float((np.abs(mean) <= half).mean()),
        )
        for name, (mean, half) in found.items()
    }


def _t_interval(ratio: Array) -> tuple[Array, Array]:
    blocks = ratio.shape[1]
    quantile = stats.t_quantile(blocks - 1, NOMINAL)
    return ratio.mean(axis=1), quantile * ratio.std(axis=1, ddof=1) / sqrt(blocks)


def _regression_intercept(ratio: Array, regressor: Array) -> tuple[Array, Array]:
    """The ratio at equal speed: intercept of a simple regression, with n - 2 degrees of freedom
    (analysis of covariance: Montgomery, "Design and Analysis of Experiments", 15.3)."""
    blocks = ratio.shape[1]
    center = regressor.mean(axis=1, keepdims=True)
    spread = ((regressor - center) ** 2).sum(axis=1)
    slope = ((regressor - center) * ratio).sum(axis=1) / spread
    intercept = ratio.mean(axis=1) - slope * center[:, 0]
    residuals = ratio - intercept[:, None] - slope[:, None] * regressor
    variance = (residuals**2).sum(axis=1) / (blocks - 2)
    error = np.sqrt(variance * (1 / blocks + center[:, 0] ** 2 / spread))
    return intercept, stats.t_quantile(blocks - 2, NOMINAL) * error


def _common_slope(throughput: Array, speed: Array) -> Array:
    """One slope per run over all contestants, within blocks and contestants."""
    of_throughput, of_speed = _residuals(throughput), _residuals(speed)
    slope: Array = (of_throughput * of_speed).sum(axis=(1, 2)) / (of_speed**2).sum(axis=(1, 2))
    return slope


def _residuals(values: Array) -> Array:
    rest: Array = (
        values
        - values.mean(axis=1, keepdims=True)
        - values.mean(axis=2, keepdims=True)
        + values.mean(axis=(1, 2), keepdims=True)
    )
    return rest


def attainable(machine: Machine, timing: Timing, runs: int, seed: int) -> float:
    """Correlation, within blocks, of a trial's throughput with a loop that is timed without error
    in the trial's first second."""
    draw = np.random.default_rng(seed)
    blocks = 5
    path = machine.path(draw, runs, blocks * CONTESTANTS * timing.trial_s)
    windows = timing.windows(path, draw)
    windows = windows + machine.start * draw.standard_normal(windows.shape)
    order = np.random.default_rng(seed + 1)
    throughput = in_blocks(windows, CONTESTANTS, order)
    order = np.random.default_rng(seed + 1)  # the same order again
    speed = in_blocks(timing.loops(path), CONTESTANTS, order)
    return float(np.corrcoef(_residuals(throughput).ravel(), _residuals(speed).ravel())[0, 1])
