"""Simulation of a machine's noise: logarithms of its speed in each second; 0.02 is 2% faster."""

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy import signal

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Wave:
    """An Ornstein-Uhlenbeck process: speed that drifts around its mean. Sampled once a second it is
    an AR(1) process with coefficient exp(-1 / lasting_s) (Uhlenbeck and Ornstein, Phys. Rev. 36,
    1930)."""

    deviation: float
    lasting_s: float
    """Seconds after which the autocorrelation has fallen to 1/e."""


@dataclass(frozen=True)
class Bursts:
    """Other programs on the contestant's core: now and then one takes a share of it for a while.

    Gaps and durations are exponential, shares uniform. The scheduler is fair, and a busy neighbour
    gets up to half of the core.
    """

    every_s: float
    """Mean time from the end of one burst to the next."""
    lasting_s: float
    """Mean duration."""
    least: float = 0.02
    most: float = 0.5

    def path(self, draw: np.random.Generator, runs: int, seconds: int) -> Array:
        """Share of the core that is taken, in each second of each run."""
        mean_s = self.every_s + self.lasting_s
        count = int(seconds / mean_s + 6 * math.sqrt(seconds / mean_s)) + 10
        gaps = draw.exponential(self.every_s, (runs, count))
        lasting = draw.exponential(self.lasting_s, (runs, count))
        ends = (gaps + lasting).cumsum(axis=1)
        shares = draw.uniform(self.least, self.most, (runs, count))
        taken = np.zeros((runs, seconds + 1))
        row = np.repeat(np.arange(runs), count)
        for moments, change in ((ends - lasting, shares), (ends, -shares)):
            np.add.at(
                taken, (row, np.minimum(moments, seconds).astype(int).ravel()), change.ravel()
            )
        found: Array = np.clip(taken.cumsum(axis=1)[:, :seconds], 0, self.most)
        return found


@dataclass(frozen=True)
class Machine:
    waves: tuple[Wave, ...]
    second: float
    """Standard deviation of the independent noise of each second."""
    start: float
    """Standard deviation of the level of a fresh start."""
    bursts: Bursts | None = None

    def quieter(self, factor: float) -> "Machine":
        return replace(
            self,
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

LOUD = replace(DRIFTING.quieter(2), start=0.02)
"""Twice the waves, as in a later standard run of two contestants and a twin (15 starts of 3 slices
of 9 s, November 2026). Its timelines have a deviation of 23% within a start for slices of 1 s, 18%
for 4 s and 15% for 8 s, and 7.6% for three slices together; fresh starts did not differ
detectably."""

QUIET = DRIFTING.quieter(0.5)

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
class Costs:
    """Wall time in which nothing is measured, in seconds."""

    start_s: float
    """A fresh start of one contestant: restore, start, warm-up, its part of the lead, removal."""
    turn_s: float
    """A turn, beyond its window."""


FIXED = Costs(start_s=8.8, turn_s=2.1)
"""A standard run of three (November 2026): blocks of 126.6 s, of which 81 s were measured, when the
slowest handled 131 to 203 requests per second and a turn began 2.4 times the time of 100 answers
before its window."""
GATED = Costs(start_s=8.8, turn_s=1.45)
"""The same with a gate: the requests in flight at the end of a turn finish, and the window waits
for as long (lab/gate.py). At 165 requests per second 100 answers take 0.6 s."""

TAIL_S = 0.25
"""Of a turn, after its window."""

EDGE_S = 0.06
"""Standard deviation of the time by which a slice's whole answers exceed its window, or fall short
of it. The difference between slices of 1 s and of 2 s in the timelines of that run."""


@dataclass(frozen=True)
class Slices:
    """Mean speed of each slice and the share of the core that others took meanwhile: runs x blocks
    x slices x seats."""

    speed: Array
    taken: Array


@dataclass(frozen=True)
class TurnsTiming:
    """Schedule of a run in which the contestants of a block run together and alternate slices."""

    measure_s: float
    slices: int
    together: int
    """Number of trials in a block."""
    costs: Costs = GATED
    edge_s: float = EDGE_S

    @property
    def slice_s(self) -> float:
        return self.measure_s / self.slices

    @property
    def before_s(self) -> float:
        """Time from the beginning of a block to its first turn."""
        return self.together * self.costs.start_s

    @property
    def turn_s(self) -> float:
        return self.slice_s + self.costs.turn_s

    @property
    def block_s(self) -> int:
        return math.ceil(self.before_s + self.together * self.slices * self.turn_s)

    def run_s(self, trials: int) -> int:
        return trials // self.together * self.block_s

    def windows(self, path: Array, draw: np.random.Generator) -> Array:
        """Mean of each trial's slices: runs x trials."""
        return self.rounds(path, draw).mean(axis=2).reshape(len(path), -1)

    def rounds(self, path: Array, draw: np.random.Generator) -> Array:
        """Mean of each slice: runs x blocks x slices x seats."""
        return self.alternate(path, np.zeros((1, path.shape[1])), draw).speed

    def alternate(self, path: Array, taken: Array, draw: np.random.Generator) -> Slices:
        """Each round of slices has its own order of the seats."""
        speed, foreign = self._slices(path), self._slices(taken)
        order = draw.random(speed.shape).argsort(axis=3)
        edges = self.edge_s / self.slice_s * draw.standard_normal(speed.shape)
        foreign = np.broadcast_to(foreign, speed.shape)
        return Slices(
            speed=np.take_along_axis(speed, order, axis=3) + edges,
            taken=np.take_along_axis(foreign, order, axis=3),
        )

    def _slices(self, path: Array) -> Array:
        """Mean over each slice's window, in the order of time."""
        blocks = path.reshape(len(path), -1, self.block_s)
        turns_s = self.turn_s * np.arange(self.slices * self.together, dtype=float)
        start_s = self.before_s + turns_s + self.costs.turn_s - TAIL_S
        means = _integral(blocks, start_s + self.slice_s) - _integral(blocks, start_s)
        means /= self.slice_s
        return means.reshape(*means.shape[:2], self.slices, self.together)


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
