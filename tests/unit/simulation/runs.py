"""Simulated runs: blocks with a known truth and known noise, spoiled and run again as the lab does.

`Experiment.simulate` draws many runs as arrays, `Experiment.records` gives such runs as the lab's
own plan and records, for `derive`.
"""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from levelbench.bench import plan
from levelbench.model.config import load_config
from levelbench.model.folder import Run
from levelbench.model.measurement import LatencySummary, Window
from levelbench.model.results import Comparison, Results
from levelbench.model.run import PlannedTrial, RunRecord
from levelbench.model.trial import CoreUse, TrialRecord
from tests.unit.factories import START, make_run, service, statistics
from tests.unit.simulation.machine import (
    DRIFTING,
    Array,
    Machine,
    Timing,
    TurnsTiming,
    in_blocks,
    noise,
)

WORKLOAD = "closed"
RATE_RPS = 400.0
EQUAL = {"a": 1.0, "b": 1.0, "c": 1.0, "d": 1.0}
LIMITS = load_config().limits
Flags = NDArray[np.bool_]
Seats = NDArray[np.int64]
Retry = Literal["block", "trial"]

CHUNK = 250
"""Number of runs whose noise is drawn at once; bounds the memory."""


def in_sequence(trials: Array, seats: int, draw: np.random.Generator) -> Array:
    """All trials of one contestant, then all of the next, as in a manual benchmark."""
    return trials.reshape(len(trials), seats, -1).swapaxes(1, 2)


@dataclass(frozen=True)
class Simulated:
    """Attempts of every block: runs x blocks x attempts x seats. Seats are the contestants, then
    the references, then the A/A twin."""

    logs: Array
    """Logarithm of throughput; NaN where an attempt was not made."""
    taken: Array
    """Share of the contestant's core that other programs used within the trial's windows."""
    twins: Seats
    """Runs x blocks: the seat that the twin repeats."""
    retry: Retry

    @property
    def void(self) -> Flags:
        """Trials that the lab's threshold for CPU contention voids."""
        return np.round(self.taken, 4) > LIMITS.foreign_share_max

    @property
    def made(self) -> Flags:
        return ~np.isnan(self.logs)

    def values(self) -> Array:
        """The attempt of each block that the analysis uses: runs x blocks x seats; NaN without a
        valid trial."""
        valid = np.where(self.void, np.nan, self.logs)
        if self.retry == "trial":  # the last attempt of each trial, whatever the others' is
            last = self.made.sum(axis=2, keepdims=True) - 1
            return np.take_along_axis(valid, last, axis=2)[:, :, 0]
        most = (~np.isnan(valid)).sum(axis=3).argmax(axis=2)  # the earliest on equality
        return np.take_along_axis(valid, most[:, :, None, None], axis=2)[:, :, 0]


@dataclass(frozen=True)
class Experiment:
    """A design that is simulated many times."""

    blocks: int
    timing: Timing | TurnsTiming
    truth: Mapping[str, float] = field(default_factory=lambda: EQUAL)
    """Contestant -> its true throughput, relative to the others."""
    references: tuple[str, ...] = ()
    """Services that run in each block and are not ranked."""
    control: bool = True
    tie_threshold: float = 0.02
    machine: Machine = DRIFTING
    starts: Mapping[str, float] = field(default_factory=dict)
    """Contestant -> standard deviation of its fresh starts, where it differs from the machine's."""
    order: Callable[[Array, int, np.random.Generator], Array] = in_blocks
    """Of trials that follow each other."""
    retry: Retry = "block"
    """What is run again if a trial is void: its whole block, or as before that trial only."""

    @property
    def services(self) -> tuple[str, ...]:
        return (*self.truth, *self.references)

    @property
    def seats(self) -> int:
        return len(self.services) + self.control

    def simulate(self, runs: int, seed: int) -> Simulated:
        """Runs, reproducible by seed."""
        draw = np.random.default_rng(seed)
        cycles = math.ceil(self.blocks / len(self.truth))
        twins = np.concatenate(
            [draw.random((runs, len(self.truth))).argsort(axis=1) for _ in range(cycles)], axis=1
        )
        return self._simulate(twins[:, : self.blocks], draw)

    def records(self, runs: int, seed: int) -> tuple[Simulated, list[Run]]:
        """Runs by the lab's own plan and records."""
        plans = [self._plan(seed + i) for i in range(runs)]
        twins = np.array([self._twins(planned) for planned in plans])
        simulated = self._simulate(twins, np.random.default_rng(seed))
        return simulated, [
            self._run(planned, simulated, number) for number, planned in enumerate(plans)
        ]

    def _simulate(self, twins: Seats, draw: np.random.Generator) -> Simulated:
        chunks = [
            self._attempts(min(CHUNK, len(twins) - first), draw)
            for first in range(0, len(twins), CHUNK)
        ]
        logs, taken = (np.concatenate(parts) for parts in zip(*chunks, strict=True))
        truth = np.log([self.truth.get(name, 1.0) for name in self.services])
        logs[..., : len(truth)] += truth
        if self.control:
            logs[..., -1] += truth[twins][:, :, None]
        return Simulated(logs, taken, twins, self.retry)

    def _attempts(self, runs: int, draw: np.random.Generator) -> tuple[Array, Array]:
        """Noise and CPU contention of every attempt."""
        if isinstance(self.timing, Timing):
            trials = noise(self.machine, self.timing, draw, runs, self.blocks * self.seats)
            logs = self.order(trials, self.seats, draw)[:, :, None, :]
            return self._with_starts(logs, draw), np.zeros_like(logs)
        attempts = LIMITS.attempts if self.machine.bursts else 1
        seconds = self.blocks * attempts * self.timing.block_s
        path = self.machine.path(draw, runs, seconds)
        foreign = np.zeros((1, seconds))
        if self.machine.bursts:
            foreign = self.machine.bursts.path(draw, runs, seconds)
            path += np.log1p(-foreign)
        slices = self.timing.alternate(path, foreign, draw)
        logs, taken = slices.speed.mean(axis=2), slices.taken.mean(axis=2)
        logs = self._with_starts(logs + self.machine.start * draw.standard_normal(logs.shape), draw)
        return self._retried(logs, taken, attempts)

    def _with_starts(self, logs: Array, draw: np.random.Generator) -> Array:
        """Add the noise of starts that vary more than the machine's usual."""
        if not self.starts:
            return logs
        deviations = np.full(self.seats, self.machine.start)
        for place, name in enumerate(self.services):
            deviations[place] = self.starts.get(name, self.machine.start)
        rest = np.sqrt(deviations**2 - self.machine.start**2)
        return logs + rest * draw.standard_normal(logs.shape)

    def _retried(self, logs: Array, taken: Array, attempts: int) -> tuple[Array, Array]:
        """Assign rounds of all seats, one after the other, to attempts of blocks.

        Retried by trial, a valid trial is not run again; the round of a retry takes as long.
        """
        runs, _, seats = logs.shape
        shape = (runs, self.blocks, attempts, seats)
        made, others = np.full(shape, np.nan), np.zeros(shape)
        place, run = np.zeros(runs, dtype=int), np.arange(runs)
        for block in range(self.blocks):
            again = np.ones((runs, seats), dtype=bool)
            for attempt in range(attempts):
                made[:, block, attempt] = np.where(again, logs[run, place], np.nan)
                others[:, block, attempt] = np.where(again, taken[run, place], 0.0)
                place += again.any(axis=1)
                spoiled = again & (
                    np.round(others[:, block, attempt], 4) > LIMITS.foreign_share_max
                )
                again = (
                    spoiled
                    if self.retry == "trial"
                    else np.repeat(spoiled.any(axis=1, keepdims=True), seats, axis=1)
                )
        return made, others

    def _plan(self, seed: int) -> tuple[PlannedTrial, ...]:
        control = tuple(self.truth) if self.control else ()
        return plan.make(self.services, {WORKLOAD: self.blocks}, seed, control=control)

    def _twins(self, planned: Sequence[PlannedTrial]) -> list[int]:
        twins = [0] * self.blocks
        for trial in planned:
            if trial.label != trial.service:
                twins[trial.block - 1] = self.services.index(trial.service)
        return twins

    def _run(self, planned: Sequence[PlannedTrial], simulated: Simulated, number: int) -> Run:
        trials = tuple(self._trials(planned, simulated, number))
        return Run(record=self._record.model_copy(update={"plan": tuple(planned)}), trials=trials)

    def _trials(
        self, planned: Sequence[PlannedTrial], simulated: Simulated, number: int
    ) -> Iterator[TrialRecord]:
        final = simulated.values()
        for trial in planned:
            is_twin = trial.label != trial.service
            seat = self.seats - 1 if is_twin else self.services.index(trial.service)
            place = (number, trial.block - 1)
            if simulated.retry == "trial":
                log, taken = float(final[(*place, seat)]), 0.0
                yield self._trial(trial, 1, log, 1.0 if math.isnan(log) else taken)
                continue
            for attempt in range(simulated.logs.shape[2]):
                log = float(simulated.logs[(*place, attempt, seat)])
                if not math.isnan(log):
                    taken = float(simulated.taken[(*place, attempt, seat)])
                    yield self._trial(trial, attempt + 1, log, taken)

    @cached_property
    def _record(self) -> RunRecord:
        services = {name: service(name) for name in self.truth}
        services |= {name: service(name, "reference") for name in self.references}
        changes = {"services": services, "statistics": statistics(tie_threshold=self.tie_threshold)}
        return make_run(blocks=1).record.model_copy(update=changes)

    def _trial(self, planned: PlannedTrial, attempt: int, log: float, taken: float) -> TrialRecord:
        topology = self._record.environment.topology["service"]
        requests = 0 if math.isnan(log) else round(RATE_RPS * math.exp(log) * self.timing.measure_s)
        return TrialRecord(
            number=planned.number,
            block=planned.block,
            workload=planned.workload,
            service=planned.service,
            label=planned.label,
            status="invalid" if round(taken, 4) > LIMITS.foreign_share_max else "valid",
            attempt=attempt,
            started_at=START,
            window=Window(
                seconds=self.timing.measure_s,
                requests=requests,
                errors=0,
                throughput_rps=None if math.isnan(log) else RATE_RPS * math.exp(log),
                latency=LatencySummary(count=requests),
            ),
            cores={topology: CoreUse(foreign_share=round(taken, 4))},
        )


def primaries(results: Results) -> list[Comparison]:
    """The comparisons with simultaneous intervals: throughput, all pairs of contestants."""
    return [pair for pair in results.workloads[WORKLOAD].comparisons if pair.primary]
