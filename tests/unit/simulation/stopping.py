"""Ending a run early: on the width of its intervals, or by peeking at its verdicts."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from levelbench.model.config import load_config
from tests.unit.simulation.alternatives import bonferroni, differences
from tests.unit.simulation.machine import Array, Machine, TurnsTiming
from tests.unit.simulation.runs import CHUNK
from tests.unit.simulation.windows import drawn

LOOKS = load_config().statistics.looks
"""Numbers of blocks after which a run may end."""


@dataclass(frozen=True)
class Stopped:
    coverage: float
    """Share of runs in which all intervals at once cover the truth, which is 1, at the end."""
    reached: float
    """Share of runs whose intervals are all below the target at the end."""
    blocks: NDArray[np.int64]
    """Of each run at its end."""


def simulated(
    machine: Machine, timing: TurnsTiming, contestants: int, runs: int, seed: int
) -> Array:
    """Equal contestants in as many blocks as the last look has: runs x blocks x contestants."""
    draw = np.random.default_rng(seed)
    chunks = [
        drawn(machine, timing, LOOKS[-1], min(CHUNK, runs - first), draw)[:, :, :contestants]
        for first in range(0, runs, CHUNK)
    ]
    return np.concatenate(chunks)


def on_width(logs: Array, target: float, looks: Sequence[int] = LOOKS) -> Stopped:
    """End at the first look at which the half-width of every pair, as a ratio, is below the target.

    `logs`: equal contestants, runs x blocks x contestants.
    """
    runs = len(logs)
    blocks, covered, reached = np.zeros(runs, dtype=int), np.zeros(runs, bool), np.zeros(runs, bool)
    for look in looks:
        means, widths = _at(logs, look)
        narrow = (np.expm1(widths) < target).all(axis=1)
        ends = (blocks == 0) & (narrow | (look == looks[-1]))
        blocks[ends] = look
        covered[ends] = (np.abs(means) <= widths).all(axis=1)[ends]
        reached[ends] = narrow[ends]
    return Stopped(float(covered.mean()), float(reached.mean()), blocks)


def peeking(logs: Array, looks: Sequence[int] = LOOKS) -> float:
    """False alarms: share of runs in which an interval excludes 1 at any look."""
    found = [np.abs(means) > widths for means, widths in (_at(logs, look) for look in looks)]
    return float(np.any(found, axis=(0, 2)).mean())


def _at(logs: Array, look: int) -> tuple[Array, Array]:
    seen = logs[:, :look]
    return differences(seen).mean(axis=1), bonferroni(seen)
