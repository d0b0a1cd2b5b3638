"""Noise of a machine, second by second, as logarithms of its speed: 0.02 is 2% faster."""

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy import signal

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Wave:
    """Speed that wanders about its mean: an Ornstein-Uhlenbeck process, which seen once a second
    is an AR(1) process of coefficient exp(-1 / lasting_s) (Uhlenbeck and Ornstein, Phys. Rev. 36,
    1930)."""

    deviation: float
    lasting_s: float
    """After so many seconds the autocorrelation has fallen to 1/e."""


@dataclass(frozen=True)
class Machine:
    waves: tuple[Wave, ...]
    second: float
    """Standard deviation of what one second has and the next has not."""
    start: float
    """Standard deviation of the level that a fresh start has for itself."""

    def quieter(self, factor: float) -> "Machine":
        return Machine(
            waves=tuple(Wave(wave.deviation * factor, wave.lasting_s) for wave in self.waves),
            second=self.second * factor,
            start=self.start * factor,
        )

    def path(self, draw: np.random.Generator, runs: int, seconds: int) -> Array:
        """Speed of each second of each run, without the starts' own levels."""
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
"""The same over an hour, in which one container moved between 243 and 362 requests a second."""

OVERHEAD_S = 9
"""What a trial takes beside warm-up and window: restore, start, drain and removal."""


@dataclass(frozen=True)
class Timing:
    """When in a run its trials have their windows."""

    warmup_s: int
    measure_s: int

    @property
    def trial_s(self) -> int:
        return OVERHEAD_S + self.warmup_s + self.measure_s

    def windows(self, path: Array) -> Array:
        """Mean of each trial's window: runs x trials."""
        trials = path.reshape(len(path), -1, self.trial_s)
        # Half of the overhead comes after the window.
        end = self.trial_s - OVERHEAD_S // 2
        return trials[:, :, end - self.measure_s : end].mean(axis=2)

    def loops(self, path: Array) -> Array:
        """The machine's speed in the first second of each trial: runs x trials."""
        return path.reshape(len(path), -1, self.trial_s)[:, :, 0]


def noise(
    machine: Machine, timing: Timing, draw: np.random.Generator, runs: int, trials: int
) -> Array:
    """Each trial's throughput against its service's true one, as logarithms: runs x trials."""
    path = machine.path(draw, runs, trials * timing.trial_s)
    return timing.windows(path) + machine.start * draw.standard_normal((runs, trials))


def autocorrelation(series: Array, lag: int) -> float:
    """Over rows, as it is estimated from one row: about the row's own mean (Box, Jenkins and
    Reinsel, "Time Series Analysis", chapter 2), and the mean over the rows."""
    centered = series - series.mean(axis=1, keepdims=True)
    products = (centered[:, lag:] * centered[:, : series.shape[1] - lag]).sum(axis=1)
    return float((products / (centered**2).sum(axis=1)).mean())


def in_blocks(trials: Array, contestants: int, draw: np.random.Generator) -> Array:
    """Runs x trials, as they came, as runs x blocks x contestants, each block in random order."""
    blocks = trials.reshape(len(trials), -1, contestants)
    return draw.permuted(blocks, axis=2)
