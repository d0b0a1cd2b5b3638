"""Overlap of turns: requests in flight when a turn ends take CPU time from the next contestant.

A fluid model. Each contestant has its own rate on a core of speed 1; the core's speed varies from
second to second. When a turn ends, every user has a request in flight; their answers share the core
with the next contestant in equal parts. How long that takes follows from the core's speed then.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from levelbench.model.config import load_config
from tests.unit.simulation.machine import TAIL_S, Array, Machine
from tests.unit.simulation.runs import LIMITS, Flags
from tests.unit.simulation.windows import Design

Rule = Literal["culprit", "victim", "gate"]
"""`culprit`: turns begin a fixed multiple before their windows; a trial is void if its own answers
come too late, and only it is run again. `victim`: the same turns; a trial is void if others used
too much of its windows, and its whole block is run again. `gate`: the same, and a turn begins when
nothing of the previous contestant is in flight."""

USERS = load_config().load.vus
IN_FLIGHT = 0.1
"""Coefficient of variation of the work in flight: some of the requests hash a password."""
GATE_SETTLE_S = 0.5
"""Least time from the gate to the window; as long as the contestant's requests in flight took to
finish after its last turn, if that was longer."""
SETTLE_S, SETTLE_FIRST_S, SETTLE_ANSWERS = 1.0, 2.0, 2.4
"""The fixed multiple: 2.4 times the time of as many answers as users, by the slowest trial so far,
but at least 1 s, and 2 s in the first block."""
START_S = 8.8
LATE_MAX = LIMITS.others_cpu_share_max
"""Share of the victim's windows that others may use, and as before of the culprit's answers that
may be late."""


@dataclass(frozen=True)
class Overlapped:
    """Over all runs."""

    bias: float
    """Of the slowest against the mean of the others: mean ratio over the true one, less 1."""
    error: float
    """Its standard error."""
    void_slowest: float
    """Share of its attempts that are void."""
    void_others: float
    harmed: float
    """Share of the trials that count, of which others used more than that of their windows."""
    missing: float
    """Share of the planned trials without a value."""
    block_s: float
    """Mean wall time of a planned block, attempts included."""


class _Core:
    """Work that a core does over time, per run: speed is constant within each second."""

    def __init__(self, path: Array) -> None:
        self.done = np.concatenate((np.zeros((len(path), 1)), np.exp(path).cumsum(axis=1)), axis=1)
        self.rows = np.arange(len(path))

    def until(self, time_s: Array) -> Array:
        second = np.clip(time_s.astype(int), 0, self.done.shape[1] - 2)
        before, after = self.done[self.rows, second], self.done[self.rows, second + 1]
        found: Array = before + (time_s - second) * (after - before)
        return found

    def when(self, work: Array, low_s: Array) -> Array:
        """The time at which so much is done, by bisection."""
        high_s = low_s + 60.0
        low_s = low_s.copy()
        for _ in range(16):
            middle = (low_s + high_s) / 2
            early = self.until(middle) < work
            low_s = np.where(early, middle, low_s)
            high_s = np.where(early, high_s, middle)
        return high_s


@dataclass(frozen=True)
class _Attempt:
    """One attempt of a block: runs x seats."""

    log: Array
    lost: Array
    """Share of the trial's windows that another contestant used."""
    late: Array
    """Share of its answers that came in another's window."""
    rate: Array
    end_s: Array


def simulate(
    machine: Machine,
    design: Design,
    blocks: int,
    rates: Sequence[float],
    rule: Rule,
    runs: int,
    seed: int,
) -> Overlapped:
    """`rates`: requests per second of each contestant on a core of speed 1; the slowest is last."""
    draw = np.random.default_rng(seed)
    turn_s = design.slice_s + 4 * SETTLE_ANSWERS * USERS / min(rates)
    longest_s = START_S * len(rates) + design.slices * len(rates) * turn_s
    path = machine.path(draw, runs, math.ceil(LIMITS.attempts * blocks * longest_s / 2))
    core, now_s = _Core(path), np.zeros(runs)
    slowest = np.full(runs, np.inf)
    shape = (runs, blocks, len(rates))
    values, lost = np.full(shape, np.nan), np.zeros(shape)
    made, voided = np.zeros(len(rates)), np.zeros(len(rates))
    for block in range(blocks):
        again: Flags = np.ones((runs, len(rates)), dtype=bool)
        for _ in range(LIMITS.attempts):
            needed = np.maximum(SETTLE_S, SETTLE_ANSWERS * USERS / slowest)
            settle_s = np.where(np.isinf(slowest), SETTLE_FIRST_S, needed)
            found = _attempt(core, machine, design, rates, rule, settle_s, now_s, draw)
            void = (found.late if rule == "culprit" else found.lost) > LATE_MAX
            running = again.any(axis=1)
            slowest = np.where(running, np.minimum(slowest, found.rate.min(axis=1)), slowest)
            now_s = np.where(running, found.end_s, now_s)
            made += again.sum(axis=0)
            voided += (again & void).sum(axis=0)
            kept = again & ~void
            # By block: a later attempt counts if it has more valid trials.
            if rule != "culprit":
                more = kept.sum(axis=1) > (~np.isnan(values[:, block])).sum(axis=1)
                values[more, block] = np.nan
                kept &= more[:, None]
            values[:, block][kept] = found.log[kept]
            lost[:, block][kept] = found.lost[kept]
            again = again & void
            if rule != "culprit":
                again = np.repeat(again.any(axis=1, keepdims=True), len(rates), axis=1)
    ratios = values[:, :, -1:] - values[:, :, :-1] - np.log(rates[-1] / np.array(rates[:-1]))
    known = ~np.isnan(ratios)
    means = np.nansum(ratios, axis=(1, 2)) / known.sum(axis=(1, 2))
    return Overlapped(
        bias=float(np.expm1(means.mean())),
        error=float(means.std(ddof=1) / math.sqrt(runs)),
        void_slowest=float(voided[-1] / made[-1]),
        void_others=float(voided[:-1].sum() / made[:-1].sum()),
        harmed=float((lost > LATE_MAX)[~np.isnan(values)].mean()),
        missing=float(np.isnan(values).mean()),
        block_s=float(now_s.mean() / blocks),
    )


def _attempt(
    core: _Core,
    machine: Machine,
    design: Design,
    rates: Sequence[float],
    rule: Rule,
    settle_s: Array,
    start_s: Array,
    draw: np.random.Generator,
) -> _Attempt:
    runs, seats = len(start_s), len(rates)
    levels = np.exp(machine.start * draw.standard_normal((runs, seats)))
    rate = np.array(rates) * levels
    everyone = np.arange(runs)
    answers, lost, late = (np.zeros((runs, seats)) for _ in range(3))
    now_s = start_s + START_S * seats
    previous = draw.integers(0, seats, runs)  # the last to warm up
    drain_s = USERS / rate
    for _ in range(design.slices):
        order = draw.random((runs, seats)).argsort(axis=1)
        for own in order.T:
            work = USERS / rate[everyone, previous]
            work = work * np.exp(IN_FLIGHT * draw.standard_normal(runs))
            if rule == "gate":
                ended_s, now_s = now_s, core.when(core.until(now_s) + work, now_s)
                drain_s[everyone, previous] = now_s - ended_s
                begin_s = now_s + np.maximum(GATE_SETTLE_S, drain_s[everyone, own])
                drained_s = now_s
            else:
                drained_s = core.when(core.until(now_s) + 2 * work, now_s)
                begin_s = now_s + settle_s
            end_s = begin_s + design.slice_s
            drained_s = np.where(own == previous, now_s, drained_s)
            shared_s = np.clip(np.minimum(drained_s, end_s), begin_s, None)
            stolen = (core.until(shared_s) - core.until(begin_s)) / 2
            answers[everyone, own] += rate[everyone, own] * (
                core.until(end_s) - core.until(begin_s) - stolen
            )
            lost[everyone, own] += (shared_s - begin_s) / 2
            late[everyone, previous] += rate[everyone, previous] * stolen
            now_s, previous = end_s + TAIL_S, own
    window_s = design.slices * design.slice_s
    return _Attempt(
        log=np.log(answers / window_s),
        lost=lost / window_s,
        late=late / np.maximum(answers, 1.0),
        rate=answers / window_s,
        end_s=now_s,
    )
