"""Read the use of each CPU, by all programs: the kernel's own account, /proc/stat (proc(5)).

What the lab's containers did not use of a core, a neighbour did: a program outside the lab, which
no container's counter shows.
"""

import os
import time
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass
from itertools import pairwise
from pathlib import Path

from levelbench.errors import LabError

STAT = Path("/proc/stat")


class CountersError(LabError):
    """Counters that cannot be right: one that only grows has decreased."""


@dataclass(frozen=True)
class CpuTimes:
    """What one CPU has spent since the machine started."""

    busy_ms: float
    """By processes, as their containers' counters see it: user, nice and system, and time within
    interrupts where the kernel takes it from whoever was interrupted."""
    stolen_ms: float
    """The CPU was ready to run, and its host ran another."""
    idle_ms: float
    """Nothing was to run, or all that was waited for a disk."""

    def __add__(self, other: "CpuTimes") -> "CpuTimes":
        return CpuTimes(
            self.busy_ms + other.busy_ms,
            self.stolen_ms + other.stolen_ms,
            self.idle_ms + other.idle_ms,
        )

    def __mul__(self, factor: float) -> "CpuTimes":
        return CpuTimes(self.busy_ms * factor, self.stolen_ms * factor, self.idle_ms * factor)

    def __sub__(self, other: "CpuTimes") -> "CpuTimes":
        return self + other * -1


@dataclass(frozen=True)
class Reading:
    """All CPUs at one moment."""

    time_s: float
    """Seconds since the epoch."""
    cpus: dict[int, CpuTimes]


def read(path: Path = STAT) -> Reading | None:
    """Every CPU that is switched on; None where the kernel does not tell."""
    now = time.time()
    try:
        lines = path.read_text().splitlines()
    except OSError:
        return None
    tick_ms = 1e3 / os.sysconf("SC_CLK_TCK")
    ticks = {
        int(words[0].removeprefix("cpu")): tuple(map(int, words[1:9]))
        for line in lines
        if (words := line.split()) and words[0].startswith("cpu") and words[0] != "cpu"
    }
    measured = any(irq for _, _, _, _, _, irq, *_ in ticks.values())
    return Reading(
        now, {cpu: _times(*spent, measured=measured) * tick_ms for cpu, spent in ticks.items()}
    )


def _times(
    user: int,
    nice: int,
    system: int,
    idle: int,
    iowait: int,
    irq: int,
    softirq: int,
    steal: int,
    *,
    measured: bool,
) -> CpuTimes:
    """Of one CPU, in its line's order; guests are counted in user and nice as well.

    `measured`: the kernel measures time within interrupts (CONFIG_IRQ_TIME_ACCOUNTING), and keeps
    it out of the processes' own. It has then some in `irq` since it started. One that samples at
    each tick has none, since a tick is an interrupt itself, and charges whoever was interrupted.
    """
    interrupts = 0 if measured else irq + softirq
    return CpuTimes(
        busy_ms=user + nice + system + interrupts, stolen_ms=steal, idle_ms=idle + iowait
    )


def spent(
    readings: Sequence[Reading], start_s: float, end_s: float, cpus: Iterable[int]
) -> CpuTimes | None:
    """What some CPUs spent, all together, between two moments (seconds since the epoch).

    None unless the readings cover the window and every one of the CPUs. Raises CountersError for a
    counter that has decreased.
    """
    cpus = list(cpus)
    if not readings or readings[0].time_s > start_s or readings[-1].time_s < end_s:
        return None
    if any(cpu not in reading.cpus for reading in readings for cpu in cpus):
        return None

    totals = [_total(reading, cpus) for reading in readings]
    # Of the readings, not of values between them: interpolation rounds.
    if any(b.busy_ms < a.busy_ms or b.stolen_ms < a.stolen_ms for a, b in pairwise(totals)):
        raise CountersError(f"the counters of CPU {','.join(map(str, cpus))} decreased")

    def until(moment_s: float) -> CpuTimes:
        """Since the machine started; linear between two readings."""
        after = max(1, bisect_left(readings, moment_s, key=lambda reading: reading.time_s))
        left, right = readings[after - 1], readings[after]
        share = (moment_s - left.time_s) / (right.time_s - left.time_s)
        return totals[after - 1] + (totals[after] - totals[after - 1]) * share

    found = until(end_s) - until(start_s)
    # The kernel's count of iowait may decrease (proc(5)): idle time is then not below 0.
    return CpuTimes(*(max(0.0, ms) for ms in astuple(found)))


def _total(reading: Reading, cpus: Iterable[int]) -> CpuTimes:
    return sum((reading.cpus[cpu] for cpu in cpus), start=CpuTimes(0, 0, 0))
