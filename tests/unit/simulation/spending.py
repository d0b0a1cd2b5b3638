"""Precision for a given wall time: interval width of two equal contestants by design."""

from dataclasses import dataclass
from math import sqrt

import numpy as np

from levelbench.analysis import stats
from tests.unit.simulation import levels
from tests.unit.simulation.levels import Cost, Levels
from tests.unit.simulation.machine import (
    Array,
    Machine,
    Timing,
    TurnsTiming,
    in_blocks,
    noise,
)

WARMUP_S = 3


@dataclass(frozen=True)
class Precision:
    starts: int
    """Fresh starts per contestant."""
    measured_s: float
    """Measured time per contestant."""
    half_width: float
    """Mean half-width of the 95% interval over starts."""
    coverage: float
    """Share of runs in which that interval covers the truth."""
    coverage_over_slices: float
    """The same for an interval that assumes independent slices."""


def windows_in_sequence(
    machine: Machine, window_s: int, wall_s: int, runs: int, seed: int
) -> Precision:
    """One contestant at a time, one window per start."""
    timing = Timing(WARMUP_S, window_s)
    starts = wall_s // (2 * timing.trial_s)
    draw = np.random.default_rng(seed)
    windows = in_blocks(noise(machine, timing, draw, runs, 2 * starts), 2, draw)
    return _precision((windows[:, :, 0] - windows[:, :, 1])[:, :, None], window_s)


def alternating_slices(
    machine: Machine, slice_s: float, slices: int, wall_s: int, runs: int, seed: int
) -> Precision:
    """Both run together and alternate in random order, `slices` slices each per start."""
    return _precision(slice_ratios(machine, slice_s, slices, wall_s, runs, seed), slice_s)


def slice_ratios(
    machine: Machine, slice_s: float, slices: int, wall_s: int, runs: int, seed: int
) -> Array:
    """Logarithms of the ratios of two contestants: runs x starts x slices."""
    timing = TurnsTiming(slice_s * slices, slices, together=2)
    starts = wall_s // timing.block_s
    draw = np.random.default_rng(seed)
    pairs = timing.rounds(machine.path(draw, runs, starts * timing.block_s), draw)
    own = sqrt(2) * machine.start * draw.standard_normal((runs, starts, 1))
    ratios: Array = pairs[:, :, :, 0] - pairs[:, :, :, 1] + own
    return ratios


def levels_of(ratios: Array) -> Levels:
    """Mean of `levels.estimate` over the runs."""
    found = [each for run in ratios.tolist() if (each := levels.estimate(run))]
    return Levels(
        between=float(np.mean([each.between for each in found])),
        within=float(np.mean([each.within for each in found])),
    )


def cost(slice_s: float) -> Cost:
    """Cost of a start, and of one slice of both contestants."""
    timing = TurnsTiming(slice_s, 1, together=2)
    return Cost(start_s=timing.before_s, slice_s=2 * timing.turn_s)


def _precision(ratios: Array, slice_s: float) -> Precision:
    _, starts, slices = ratios.shape
    half_width, coverage = _interval(ratios.mean(axis=2))
    _, over_slices = _interval(ratios.reshape(len(ratios), -1))
    return Precision(starts, starts * slices * slice_s, half_width, coverage, over_slices)


def _interval(values: Array) -> tuple[float, float]:
    """Mean half-width over runs, and the share of runs whose interval covers the truth, 0."""
    n = values.shape[1]
    half_widths = stats.t_quantile(n - 1) * values.std(axis=1, ddof=1) / sqrt(n)
    return float(half_widths.mean()), float((np.abs(values.mean(axis=1)) <= half_widths).mean())
