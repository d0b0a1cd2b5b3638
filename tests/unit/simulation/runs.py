"""Simulated runs: the lab's own plan and records with a known truth and known noise."""

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from levelbench.bench import plan
from levelbench.model.folder import Run
from levelbench.model.measurement import LatencySummary, Window
from levelbench.model.results import Comparison, Results
from levelbench.model.run import PlannedTrial, RunRecord
from levelbench.model.trial import TrialRecord
from tests.unit.factories import START, make_run, service, statistics
from tests.unit.simulation.machine import DRIFTING, Array, Machine, Timing, TurnsTiming, noise

WORKLOAD = "closed"
RATE_RPS = 400.0
EQUAL = {"a": 1.0, "b": 1.0, "c": 1.0, "d": 1.0}
Plan = tuple[PlannedTrial, ...]

CHUNK = 250
"""Number of runs whose noise is drawn at once; bounds the memory."""


def in_random_blocks(planned: Plan) -> Plan:
    """The lab's order."""
    return planned


def sequential(planned: Plan) -> Plan:
    """All trials of one contestant, then all of the next, as in a manual benchmark."""
    ordered = sorted(planned, key=lambda trial: (trial.label, trial.block))
    return tuple(
        trial.model_copy(update={"number": number}) for number, trial in enumerate(ordered, start=1)
    )


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
    order: Callable[[Plan], Plan] = in_random_blocks

    def runs(self, count: int, seed: int) -> Iterator[Run]:
        """`count` runs, reproducible by seed."""
        draw = np.random.default_rng(seed)
        for first in range(0, count, CHUNK):
            number = min(CHUNK, count - first)
            plans = [self._plan(seed + first + i) for i in range(number)]
            drawn = noise(self.machine, self.timing, draw, number, len(plans[0]))
            for planned, logs in zip(plans, drawn, strict=True):
                yield self._run(planned, self._with_starts(planned, logs, draw))

    def _plan(self, seed: int) -> Plan:
        control = tuple(self.truth) if self.control else ()
        services = (*self.truth, *self.references)
        return self.order(plan.make(services, {WORKLOAD: self.blocks}, seed, control=control))

    def _with_starts(self, planned: Plan, logs: Array, draw: np.random.Generator) -> list[float]:
        """Add the noise of starts that vary more than the machine's usual."""
        more = [self.starts.get(trial.service, self.machine.start) for trial in planned]
        rest = np.sqrt(np.square(more) - self.machine.start**2)
        return [float(x) for x in logs + rest * draw.standard_normal(len(planned))]

    def _run(self, planned: Plan, logs: list[float]) -> Run:
        trials = tuple(
            self._trial(trial, self.truth.get(trial.service, 1.0) * RATE_RPS * math.exp(log))
            for trial, log in zip(planned, logs, strict=True)
        )
        return Run(record=self._record.model_copy(update={"plan": planned}), trials=trials)

    @cached_property
    def _record(self) -> RunRecord:
        services = {name: service(name) for name in self.truth}
        services |= {name: service(name, "reference") for name in self.references}
        changes = {"services": services, "statistics": statistics(tie_threshold=self.tie_threshold)}
        return make_run(blocks=1).record.model_copy(update=changes)

    def _trial(self, planned: PlannedTrial, rate_rps: float) -> TrialRecord:
        requests = round(rate_rps * self.timing.measure_s)
        return TrialRecord(
            number=planned.number,
            block=planned.block,
            workload=planned.workload,
            service=planned.service,
            label=planned.label,
            status="valid",
            started_at=START,
            window=Window(
                seconds=self.timing.measure_s,
                requests=requests,
                errors=0,
                throughput_rps=rate_rps,
                latency=LatencySummary(count=requests),
            ),
        )


def primaries(results: Results) -> list[Comparison]:
    """The comparisons with simultaneous intervals: throughput, all pairs of contestants."""
    return [pair for pair in results.workloads[WORKLOAD].comparisons if pair.primary]
