"""Designs of the lab's windows: precision for equal wall time, and differences found within it.

The contestants of a block run together, with the A/A twin and, for more than two of them, both
references. What is compared are the means of starts, each pair by itself.
"""

import math
from dataclasses import dataclass

import numpy as np

from levelbench.analysis import stats
from tests.unit.simulation.alternatives import bonferroni
from tests.unit.simulation.analysis import STATISTICS, Intervals, intervals
from tests.unit.simulation.machine import Array, Costs, Machine, TurnsTiming, noise
from tests.unit.simulation.power import REFERENCES
from tests.unit.simulation.runs import Flags

MARGIN = 0.05
"""The default of `MARGIN=`."""


@dataclass(frozen=True)
class Design:
    slices: int
    slice_s: float

    def timing(self, seats: int, costs: Costs) -> TurnsTiming:
        return TurnsTiming(self.slices * self.slice_s, self.slices, seats, costs)

    def __str__(self) -> str:
        return f"{self.slices} x {self.slice_s:g} s"


FORMER = Design(3, 9)
"""The windows of `standard` until November 2026."""


def seats(contestants: int) -> int:
    return contestants + (1 if contestants == 2 else 1 + len(REFERENCES))


def starts_within(timing: TurnsTiming, wall_s: float) -> int:
    return int(wall_s // timing.block_s)


def drawn(
    machine: Machine, timing: TurnsTiming, starts: int, runs: int, draw: np.random.Generator
) -> Array:
    """Equal contestants: runs x starts x seats."""
    trials = noise(machine, timing, draw, runs, starts * timing.together)
    return trials.reshape(runs, starts, timing.together)


def half_width(
    machine: Machine, timing: TurnsTiming, contestants: int, starts: int, runs: int, seed: int
) -> float:
    """Mean half-width of a pair's interval, simultaneous over all pairs, as a ratio."""
    logs = drawn(machine, timing, starts, runs, np.random.default_rng(seed))
    return float(np.expm1(bonferroni(logs[:, :, :contestants])).mean())


@dataclass(frozen=True)
class Found:
    """Shares of the runs of a paired bench, by its state."""

    slower: float
    not_slower: float
    worse: float
    """The whole interval is beyond the tie; one part of `slower`."""

    @property
    def undecided(self) -> float:
        return 1 - self.slower - self.not_slower


def paired(
    machine: Machine, timing: TurnsTiming, wall_s: float, slower: float, runs: int, seed: int
) -> Found:
    """A contestant that is slower by a share, compared with its earlier version.

    The states are those of `levelbench.analysis.two_runs.state`. With a twin, "not slower" needs a
    publishable run.
    """
    starts = starts_within(timing, wall_s)
    logs = drawn(machine, timing, starts, runs, np.random.default_rng(seed))
    found = intervals(logs[:, :, 1] - logs[:, :, 0] + math.log1p(-slower), stats.CONFIDENCE)
    worse, below, above = regression(found)
    publishable = np.ones(runs, dtype=bool)
    if timing.together > 2:
        twin = intervals(logs[:, :, 2] - logs[:, :, 1], stats.CONFIDENCE)
        far = np.maximum(np.abs(twin.low), np.abs(twin.high))
        publishable = np.expm1(far) <= STATISTICS.control_limit
    return Found(
        slower=float(below.mean()),
        not_slower=float((above & publishable).mean()),
        worse=float(worse.mean()),
    )


def regression(found: Intervals) -> tuple[Flags, Flags, Flags]:
    """Of intervals of after / before: worse beyond the tie, slower, not slower than the margin."""
    within = found.low > -math.log1p(MARGIN)
    worse = found.high < -math.log1p(STATISTICS.tie_threshold)
    slower = worse | ((found.high < 0) & ~within)
    return worse, slower, within & ~worse
