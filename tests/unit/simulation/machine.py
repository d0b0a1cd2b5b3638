"""Simulation of a machine's noise: logarithms of its speed in each second; 0.02 is 2% faster."""

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy import signal

from levelbench.load import schedule
from levelbench.model.config import load_config

Array = NDArray[np.float64]
TURNS = load_config().turns


@dataclass(frozen=True)
class Wave:
    """An Ornstein-Uhlenbeck process: speed that drifts around its mean. Sampled once a second it is
    an AR(1) process with coefficient exp(-1 / lasting_s) (Uhlenbeck and Ornstein, Phys. Rev. 36,
    1930)."""

    deviation: float
    lasting_s: float
    """Seconds after which the autocorrelation has fallen to 1/e."""


@dataclass(frozen=True)
class Machine:
    waves: tuple[Wave, ...]
    second: float
    """Standard deviation of the independent noise of each second."""
    start: float
    """Standard deviation of the level of a fresh start."""

    def quieter(self, factor: float) -> "Machine":
        return Machine(
            waves=tuple(Wave(wave.deviation * factor, wave.lasting_s) for wave in self.waves),
            second=self.second * factor,
            start=self.start * factor,
        )

    def path(self, draw: np.random.Generator, runs: int, seconds: int) -> Array:
        """Speed in each second of each run, without the levels of the starts."""
        speed = self.second * draw.standard_normal((runs, seconds))
        for wave in self.waves:
            kept = math.exp(-1 / wave.lasting_s)
            steps = wave.deviation * draw.standard_normal((runs, seconds))
            steps[:, 1:] *= math.sqrt(1 - kept**2)  # the first second has the whole deviation
            speed += signal.lfilter([1.0], [1.0, -kept], steps, axis=1)
        return speed


STEADY = Machine(waves=(Wave(0.054, 4), Wave(0.046, 40)), second=0.0375, start=0.02)
"""A noisy virtual machine of 2 cores over five minutes: second by second a coefficient of variation
of 8% and an autocorrelation of 0.7 at 1 s, 0.6 at 2 s, 0.3 from 5 to 30 s, 0 at 60 s; and 2%
between fresh starts."""

DRIFTING = replace(STEADY, waves=(*STEADY.waves, Wave(0.075, 600)))
"""The same over an hour, in which one container varied between 243 and 362 requests/s."""

OVERHEAD_S = 5
"""Duration of a trial without warm-up and window: restore, start, drain and removal."""


@dataclass(frozen=True)
class Timing:
    """Schedule of a run whose trials follow each other."""

    warmup_s: int
    measure_s: int

    @property
    def trial_s(self) -> int:
        return OVERHEAD_S + self.warmup_s + self.measure_s

    def run_s(self, trials: int) -> int:
        return trials * self.trial_s

    def windows(self, path: Array, draw: np.random.Generator) -> Array:
        """Mean of each trial's window: runs x trials. `draw` is not used."""
        trials = path.reshape(len(path), -1, self.trial_s)
        # Half of the overhead comes after the window.
        end = self.trial_s - OVERHEAD_S // 2
        return trials[:, :, end - self.measure_s : end].mean(axis=2)

    def loops(self, path: Array) -> Array:
        """The machine's speed in the first second of each trial: runs x trials."""
        return path.reshape(len(path), -1, self.trial_s)[:, :, 0]


@dataclass(frozen=True)
class TurnsTiming:
    """Schedule of a run in which the contestants of a block run together and alternate slices."""

    warmup_s: int
    measure_s: float
    slices: int
    together: int
    """Number of trials in a block."""

    @property
    def before_s(self) -> int:
        """Time from the beginning of a block to its first slice."""
        return self.together * (OVERHEAD_S + self.warmup_s)

    @property
    def turn_s(self) -> float:
        return schedule.turn_s(self.measure_s / self.slices, TURNS.settle_s, TURNS.tail_s)

    @property
    def block_s(self) -> int:
        return self.before_s + math.ceil(self.together * self.slices * self.turn_s)

    def run_s(self, trials: int) -> int:
        return trials // self.together * self.block_s

    def windows(self, path: Array, draw: np.random.Generator) -> Array:
        """Mean of each trial's slices: runs x trials."""
        return self.rounds(path, draw).mean(axis=2).reshape(len(path), -1)

    def rounds(self, path: Array, draw: np.random.Generator) -> Array:
        """Mean of each slice: runs x blocks x slices x trials of the block."""
        blocks = path.reshape(len(path), -1, self.block_s)
        start_s = (
            self.before_s
            + TURNS.settle_s
            + self.turn_s * np.arange(self.slices * self.together, dtype=float)
        )
        length_s = self.measure_s / self.slices
        means = (_integral(blocks, start_s + length_s) - _integral(blocks, start_s)) / length_s
        rounds = means.reshape(*means.shape[:2], self.slices, self.together)
        return draw.permuted(rounds, axis=3)  # each round has its own order


def _integral(path: Array, until_s: Array) -> Array:
    """Integral of a speed that is constant within each second, along the last axis."""
    whole = np.concatenate((np.zeros((*path.shape[:-1], 1)), path.cumsum(axis=-1)), axis=-1)
    second = np.minimum(until_s.astype(int), path.shape[-1] - 1)
    integral: Array = whole[..., second] + (until_s - second) * path[..., second]
    return integral


def noise(
    machine: Machine,
    timing: Timing | TurnsTiming,
    draw: np.random.Generator,
    runs: int,
    trials: int,
) -> Array:
    """Logarithm of each trial's throughput over the true throughput: runs x trials."""
    path = machine.path(draw, runs, timing.run_s(trials))
    return timing.windows(path, draw) + machine.start * draw.standard_normal((runs, trials))


def autocorrelation(series: Array, lag: int) -> float:
    """Mean autocorrelation of the rows, each estimated around its own mean (Box, Jenkins and
    Reinsel, "Time Series Analysis", chapter 2)."""
    centered = series - series.mean(axis=1, keepdims=True)
    products = (centered[:, lag:] * centered[:, : series.shape[1] - lag]).sum(axis=1)
    return float((products / (centered**2).sum(axis=1)).mean())


def in_blocks(trials: Array, contestants: int, draw: np.random.Generator) -> Array:
    """Reshape runs x trials to runs x blocks x contestants, each block in random order."""
    blocks = trials.reshape(len(trials), -1, contestants)
    return draw.permuted(blocks, axis=2)
