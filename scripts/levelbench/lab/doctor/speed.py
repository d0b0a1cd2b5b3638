"""Stability of the machine: a fixed loop, timed repeatedly on the contestant's core."""

import os
import statistics
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from levelbench.lab.doctor.diagnosis import BAD_SHARE, Diagnosis, Grade, by_share, percent, worst

REPETITIONS = 20
"""The relative error of a standard deviation of n values is 1 / sqrt(2 n - 2): 16% at 20."""

# Ends when its parent ends, even if the doctor is killed.
BUSY = """
import os
os.sched_setaffinity(0, {{{cpu}}})
while os.getppid() == {parent}:
    for _ in range(1_000_000):
        pass
"""

EFFECTS: Mapping[Grade, str] = {
    "ok": "The contestant's core is stable.",
    "note": "Every result contains this noise; more blocks reduce it.",
    "bad": "Every result contains this noise: a standard run could not rank contestants.",
}
REMEDIES: Mapping[Grade, str] = {
    "ok": "",
    "note": "Use more blocks (PROFILE=standard), a quieter machine or a fixed frequency.",
    "bad": "Find what uses the core (other load, steal), or use another machine.",
}


@dataclass(frozen=True)
class Spread:
    """Mean and variation of repeated timings."""

    mean: float
    """Loops per second."""
    variation: float
    """Coefficient of variation: standard deviation / mean."""


def spread(speeds: Sequence[float]) -> Spread:
    """Mean and variation of two or more speeds."""
    mean = statistics.fmean(speeds)
    return Spread(mean, statistics.stdev(speeds) / mean)


def measure(time_loop: Callable[[], float | None]) -> Spread | None:
    """Time the loop repeatedly; None if it cannot be pinned to a core."""
    speeds = [time_loop() for _ in range(REPETITIONS)]
    known = [speed for speed in speeds if speed is not None]
    return spread(known) if len(known) == len(speeds) else None


@contextmanager
def busy(cpus: Sequence[int]) -> Iterator[None]:
    """Keep CPUs busy, as the other containers do during a run."""
    with ExitStack() as running:
        for cpu in cpus:
            program = BUSY.format(cpu=cpu, parent=os.getpid())
            # In a new session, so that Ctrl-C reaches only the doctor.
            process = running.enter_context(
                subprocess.Popen([sys.executable, "-I", "-c", program], start_new_session=True)
            )
            running.callback(process.kill)
        yield


def speed(others_idle: Spread | None, others_busy: Spread | None) -> Diagnosis:
    """Diagnose the stability. `others_busy`: with the other cores busy; None if there are none."""
    if others_idle is None:
        return Diagnosis(
            code="speed",
            name="Fixed loop",
            found="not timed: this system cannot pin a process to a core",
            grade="note",
            effect="Stability is unknown until the A/A control of a run.",
            remedy="Run the lab on Linux.",
        )
    slower = 1 - others_busy.mean / others_idle.mean if others_busy else 0.0
    sharing: Grade = "note" if slower > BAD_SHARE else "ok"
    grade = worst([by_share(s.variation) for s in (others_idle, others_busy) if s] + [sharing])
    found = f"{others_idle.mean:.1f} per second; "
    found += f"varies by {percent(others_idle.variation)} with the other cores idle"
    if others_busy:
        change = f" ({percent(abs(slower))} {'slower' if slower > 0 else 'faster'})"
        found += f", by {percent(others_busy.variation)} with the other cores busy{change}"
    return Diagnosis(
        code="speed",
        name="Fixed loop",
        found=found,
        grade=grade,
        effect=EFFECTS[grade],
        remedy=REMEDIES[grade],
        figures={
            "loops_per_second": round(others_idle.mean, 3),
            "variation": round(others_idle.variation, 4),
            "loops_per_second_neighbours_busy": round(others_busy.mean, 3) if others_busy else None,
            "variation_neighbours_busy": round(others_busy.variation, 4) if others_busy else None,
        },
    )
