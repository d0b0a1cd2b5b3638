"""Methods for simultaneous intervals over all pairs, compared by coverage and width.

Each takes logarithms of throughput, runs x blocks x contestants, and gives the half-width of each
pair's interval at 95% over all pairs: runs x pairs, in the order of `pairs`.
"""

from collections.abc import Sequence
from itertools import combinations
from math import sqrt

import numpy as np
from scipy import stats as scipy_stats

from levelbench.analysis import stats
from tests.unit.simulation.machine import Array, Machine, Timing, TurnsTiming, in_blocks, noise


def pairs(contestants: int) -> list[tuple[int, int]]:
    return list(combinations(range(contestants), 2))


def differences(logs: Array) -> Array:
    """Runs x blocks x pairs."""
    each = [logs[:, :, a] - logs[:, :, b] for a, b in pairs(logs.shape[2])]
    return np.stack(each, axis=2)


def bonferroni(logs: Array) -> Array:
    """The lab's method: Student's t on each pair's own differences, with Bonferroni."""
    found = differences(logs)
    blocks, count = found.shape[1:]
    quantile = stats.t_quantile(blocks - 1, stats.simultaneous_confidence(count))
    return quantile * found.std(axis=1, ddof=1) / sqrt(blocks)


def tukey(logs: Array) -> Array:
    """Tukey's studentized range over the residuals of the randomised block design. It assumes equal
    noise in all contestants (Montgomery, "Design and Analysis of Experiments", 4.1)."""
    _, blocks, contestants = logs.shape
    residuals = (
        logs
        - logs.mean(axis=1, keepdims=True)
        - logs.mean(axis=2, keepdims=True)
        + logs.mean(axis=(1, 2), keepdims=True)
    )
    freedom = (blocks - 1) * (contestants - 1)
    deviation = np.sqrt((residuals**2).sum(axis=(1, 2)) / freedom)
    quantile = scipy_stats.studentized_range.isf(1 - stats.CONFIDENCE, contestants, freedom)
    return np.repeat((quantile * deviation / sqrt(blocks))[:, None], len(pairs(contestants)), 1)


def moderated(logs: Array) -> Array:
    """Each pair's variance shrunk half-way towards the mean over all pairs, which counts for as
    many degrees of freedom as the pair's own, with Bonferroni (the moderated t of Smyth, Stat.
    Appl. Genet. Mol. Biol. 3, 2004, with its prior fixed)."""
    found = differences(logs)
    blocks, count = found.shape[1:]
    variance = found.var(axis=1, ddof=1)
    moderate = (variance + variance.mean(axis=1, keepdims=True)) / 2
    quantile = stats.t_quantile(2 * (blocks - 1), stats.simultaneous_confidence(count))
    return quantile * np.sqrt(moderate / blocks)


METHODS = {"Bonferroni": bonferroni, "Tukey": tukey, "moderated": moderated}


def simulated(
    machine: Machine,
    timing: Timing | TurnsTiming,
    blocks: int,
    starts: Sequence[float],
    runs: int,
    seed: int,
) -> Array:
    """Equal contestants: runs x blocks x contestants. `starts` has the standard deviation of the
    fresh starts of each."""
    draw = np.random.default_rng(seed)
    drawn = noise(machine, timing, draw, runs, blocks * len(starts))
    logs = in_blocks(drawn, len(starts), draw)
    rest = np.sqrt(np.square(starts) - machine.start**2)
    return logs + rest * draw.standard_normal(logs.shape)


def coverage(logs: Array, half_widths: Array) -> float:
    """Share of runs in which all intervals at once cover the truth, which is 0."""
    return float((np.abs(differences(logs).mean(axis=1)) <= half_widths).all(axis=1).mean())
