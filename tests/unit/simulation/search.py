"""Searches for a capacity on simulated machines: what they find, how sure they are, how long it
takes. The contestant is a queue with one server; its capacity is the rate that half of all windows
of fresh starts meet the objective at."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from levelbench.analysis.estimates import estimate
from levelbench.load import parameters
from levelbench.load import search as searches
from levelbench.load.parameters import Parameters
from levelbench.model.capacity import capacity_of
from levelbench.model.config import load_config
from levelbench.model.measurement import LatencySummary, Step
from levelbench.model.run import PlannedTrial, Rates
from levelbench.model.trial import TrialRecord
from tests.unit.factories import trial
from tests.unit.simulation.machine import OVERHEAD_S, Array, Machine

CONFIG = load_config()
DEALT, HASH_S = 25, 0.025
"""One of so many requests, at a random place, is a register or a login with a hash that takes so
long (k6/lib/journey.js deals them)."""
PLANNED = PlannedTrial(number=1, block=1, workload="capacity", service="a", label="a")
GUESS = 0.08
"""Standard deviation of the logarithm of the throughput that calibration finds."""
CERTAINTY = 0.75
"""Of bisection: the assumed share of right answers (Waeber, Frazier and Henderson, SIAM J. Control
Optim. 51, 2013)."""

Draw = np.random.Generator
Rates_ = Callable[[int, list[TrialRecord]], Sequence[int]]


class Found(NamedTuple):
    """Of many runs: how often the interval covers, its median half-width, the mean error, and the
    mean seconds, all starts with their restores together."""

    covered: float
    half_width: float
    bias: float
    seconds: float


@dataclass(frozen=True)
class Contestant:
    throughput_rps: float
    """At the machine's mean speed: the rate at which its core is just busy."""
    machine: Machine
    between_s: int = 0
    """Seconds of others' trials between two of its starts."""

    @property
    def parameters(self) -> Parameters:
        rates = self._rates(0.0)
        return parameters.of_workloads(
            ["capacity"], CONFIG, CONFIG.profile("quick"), mix="journey", scale=1, seed=0,
            rates=rates,
        )["capacity"]  # fmt: skip

    def _rates(self, error: float) -> Rates:
        throughput = self.throughput_rps * math.exp(error)
        return Rates(calibrated_by="simulated", slowest="a", throughput_rps=throughput)

    def search(self, runs: int, starts: int, seed: int) -> Found:
        """As the lab measures: a short ladder around what earlier starts found."""
        errors = GUESS * np.random.default_rng(seed).standard_normal(runs)

        def offered(run: int, before: list[TrialRecord]) -> Sequence[int]:
            own = replace(self.parameters, seed=run)
            planned = PLANNED.model_copy(update={"block": len(before) + 1})
            return searches.placed(own, planned, before, self._rates(errors[run])).steps_rps

        return self._outcome(self._ladders(offered, runs, starts, seed, CONFIG.capacity.steps))

    def climb(self, runs: int, starts: int, seed: int) -> Found:
        """As the lab measured before: rates that rise by 10% from half of the throughput."""

        def offered(run: int, before: list[TrialRecord]) -> Sequence[int]:
            shift = np.random.default_rng((seed, run, len(before))).random()
            return [round(0.5 * self.throughput_rps * 1.1 ** (n + shift)) for n in range(20)]

        found, seconds = self._ladders(offered, runs, starts, seed, 20)
        middles = [
            [one.model_copy(update={"capacity_crossing_rps": None}) for one in own] for own in found
        ]
        return self._outcome((middles, seconds))

    def bisect(self, runs: int, seconds: float, seed: int) -> Found:
        """Probabilistic bisection: each start is offered the median of what is believed (Horstein,
        IEEE Trans. Inf. Theory 9, 1963)."""
        draw = np.random.default_rng(seed)
        grid = np.linspace(-0.4, 0.4, 401)
        belief = np.full((runs, grid.size), 1 / grid.size)
        timing = self.parameters.timing
        start_s = OVERHEAD_S + timing.warmup_s + timing.measure_s + 1
        starts = int(seconds // start_s)
        path = self.machine.path(draw, runs, starts * start_s)
        base = self.throughput_rps * np.exp(GUESS * draw.standard_normal(runs))
        for start in range(starts):
            median = grid[(belief.cumsum(axis=1) >= 0.5).argmax(axis=1)]
            speed = self._started(path, np.full(runs, start * start_s + OVERHEAD_S - 1), draw)
            met = self._p95_ms(base * np.exp(median), speed, draw) <= LIMIT_MS
            above = grid[None, :] >= median[:, None]
            belief *= np.where(above == met[:, None], CERTAINTY, 1 - CERTAINTY)
            belief /= belief.sum(axis=1, keepdims=True)
        summed, truth = belief.cumsum(axis=1), math.log(self.capacity_rps())
        low, middle, high = (
            np.log(base) + grid[(summed >= share).argmax(axis=1)] for share in (0.025, 0.5, 0.975)
        )
        return Found(
            float(((low <= truth) & (truth <= high)).mean()),
            float(np.median((high - low) / 2)),
            float((middle - truth).mean()),
            starts * start_s,
        )

    def capacity_rps(self, windows: int = 1000, seed: int = 1) -> float:
        """The rate at which half of all windows meet the objective."""
        draw = np.random.default_rng(seed)
        timing = self.parameters.timing
        path = self.machine.path(draw, windows, timing.warmup_s + timing.measure_s)
        speed = self._started(path, np.zeros(windows, dtype=int), draw)
        low, high = np.full(windows, -0.5), np.full(windows, 0.3)
        for _ in range(9):
            middle = (low + high) / 2
            same = np.random.default_rng(seed)
            met = self._p95_ms(self.throughput_rps * np.exp(middle), speed, same) <= LIMIT_MS
            low, high = np.where(met, middle, low), np.where(met, high, middle)
        return self.throughput_rps * math.exp(float(np.median(low)))

    def _started(self, path: Array, at_s: NDArray[np.int64], draw: Draw) -> Array:
        """Speed over the seconds of a step, with the level of a fresh start."""
        timing = self.parameters.timing
        seconds = at_s[:, None] + np.arange(timing.warmup_s + timing.measure_s)
        level = self.machine.start * draw.standard_normal((len(path), 1))
        return np.asarray(np.take_along_axis(path, seconds, axis=1) + level)

    def _p95_ms(self, rates: Array, speed: Array, draw: Draw) -> Array:
        """p95 latency of one window of each run; NaN where a request was dropped."""
        timing = self.parameters.timing
        most = math.ceil(rates.max() * (timing.warmup_s + timing.measure_s))
        due_s = np.arange(most)[None, :] / rates[:, None]
        second = np.minimum(due_s.astype(int), timing.warmup_s + timing.measure_s - 1)
        busy_s = self._work_s(due_s.shape, draw)
        busy_s *= np.exp(-np.take_along_axis(speed, second, axis=1))
        # Lindley's recursion: what waits is the sum so far less its least value.
        summed = (busy_s - 1 / rates[:, None]).cumsum(axis=1)
        before = np.concatenate((np.zeros((len(rates), 1)), summed[:, :-1]), axis=1)
        waits_s = before - np.minimum.accumulate(before, axis=1)
        sent = due_s < timing.warmup_s + timing.measure_s
        dropped = ((waits_s * rates[:, None] > CONFIG.load.open_vus) & sent).any(axis=1)
        measured = sent & (due_s >= timing.warmup_s)
        latency_s = np.where(measured, waits_s + busy_s, -1.0)
        latency_s.sort(axis=1)
        place = most - 1 - (0.05 * measured.sum(axis=1)).astype(int)
        p95_ms: Array = np.where(dropped, np.nan, 1e3 * latency_s[np.arange(len(rates)), place])
        return p95_ms

    def _work_s(self, shape: tuple[int, int], draw: Draw) -> Array:
        """CPU time of each request, dealt; all but the hash vary by a third."""
        runs, requests = shape
        hands = -(-requests // DEALT)
        rest_s = (DEALT / self.throughput_rps - HASH_S) / (DEALT - 1)
        work = np.full((runs, hands, DEALT), rest_s) * draw.gamma(9, 1 / 9, (runs, hands, DEALT))
        place = draw.integers(0, DEALT, (runs, hands, 1))
        np.put_along_axis(work, place, HASH_S, axis=2)
        return np.asarray(work.reshape(runs, -1)[:, :requests])

    def _ladders(
        self, offered: Rates_, runs: int, starts: int, seed: int, steps: int
    ) -> tuple[list[list[TrialRecord]], Array]:
        """The trials of each run, and its seconds."""
        draw = np.random.default_rng(seed + 1)
        own = self.parameters
        step_s = own.timing.warmup_s + own.timing.measure_s + 1
        at_s, between = np.zeros(runs, dtype=int), np.zeros(runs, dtype=int)
        longest_s = OVERHEAD_S + steps * step_s + self.between_s
        path = self.machine.path(draw, runs, 2 * starts * longest_s)
        found: list[list[TrialRecord]] = [[] for _ in range(runs)]
        missing = np.full(runs, starts)
        while missing.any():
            level = self.machine.start * draw.standard_normal((runs, 1))
            active = np.flatnonzero(missing)
            ladders = {int(run): offered(int(run), found[run]) for run in active}
            climbed: dict[int, list[Step]] = {run: [] for run in ladders}
            at_s[active] += OVERHEAD_S
            between[active] += self.between_s
            for number in range(steps):
                active = np.array([run for run in active if number < len(ladders[run])], dtype=int)
                if not active.size:
                    break
                rates = np.array([ladders[run][number] for run in active], dtype=float)
                seconds = (at_s + between)[active][:, None] + np.arange(step_s - 1)
                speed = np.take_along_axis(path[active], seconds, axis=1) + level[active]
                at_s[active] += step_s
                p95_ms = self._p95_ms(rates, speed, draw)
                for run, rate, one in zip(active, rates, p95_ms, strict=True):
                    climbed[run].append(_step(rate, one))
                active = active[p95_ms <= LIMIT_MS]
            for run, taken in climbed.items():
                record = _trial(taken, own)
                found[run].append(record)
                is_void = record.capacity is not None and record.capacity.bound == "at_most"
                missing[run] -= not (is_void and taken[0].offered_rps > own.lowest_rps)
        return found, at_s.astype(float)

    def _outcome(self, measured: tuple[list[list[TrialRecord]], Array]) -> Found:
        found, seconds = measured
        truth, covered, widths, errors = self.capacity_rps(), 0, [], []
        for trials in found:
            values = [one.capacity for one in trials]
            own = estimate([one for one in values if one is not None and one.bound != "at_most"])
            bounds = own.confidence_interval
            if bounds is None or own.value is None:
                continue
            covered += bounds.low <= truth <= bounds.high
            widths.append((bounds.high - bounds.low) / 2 / own.value)
            errors.append(own.value / truth - 1)
        return Found(
            covered / len(found),
            float(np.median(widths)),
            float(np.mean(errors)),
            float(seconds.mean()),
        )


LIMIT_MS = 200.0


def _step(rate: float, p95_ms: float) -> Step:
    is_dropped = math.isnan(p95_ms)
    return Step(
        offered_rps=rate, seconds=6, requests=1000, errors=0, throughput_rps=rate,
        dropped_iterations=int(is_dropped),
        latency=LatencySummary(count=1000, p95_ms=None if is_dropped else p95_ms),
    )  # fmt: skip


def _trial(steps: Sequence[Step], own: Parameters) -> TrialRecord:
    assert own.objective
    found = capacity_of(steps, own.objective)
    return trial(1, 1, "a").model_copy(
        update={
            "workload": "capacity",
            "steps": tuple(steps),
            "capacity_rps": found.rps,
            "capacity_is_lower_bound": found.is_lower_bound,
            "capacity_crossing_rps": found.crossing_rps,
            "ladder_shift": 0.5,
            "ladder_lowest_rps": own.lowest_rps,
        }
    )
