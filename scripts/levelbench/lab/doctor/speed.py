"""How steady the machine is: the fixed loop, timed again and again on the contestant's core."""

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

# Turns until its parent is gone, so that nothing of it outlives the doctor, however that ends.
BUSY = """
import os
os.sched_setaffinity(0, {{{cpu}}})
while os.getppid() == {parent}:
    for _ in range(1_000_000):
        pass
"""

EFFECTS: Mapping[Grade, str] = {
    "ok": "The contestant's core is steady.",
    "note": "Every figure begins with this noise; blocks and repeats narrow it.",
    "bad": "Every figure begins with this noise: a standard run would rank nobody.",
}
REMEDIES: Mapping[Grade, str] = {
    "ok": "",
    "note": "More blocks (PROFILE=standard), a quieter machine, a steady clock.",
    "bad": "Find what takes the core (other load, steal), or use another machine.",
}


@dataclass(frozen=True)
class Spread:
    """Of repeated timings."""

    mean: float
    """Loops a second."""
    variation: float
    """Coefficient of variation: standard deviation / mean."""


def spread(speeds: Sequence[float]) -> Spread:
    """At least two speeds."""
    mean = statistics.fmean(speeds)
    return Spread(mean, statistics.stdev(speeds) / mean)


def measure(time_loop: Callable[[], float | None]) -> Spread | None:
    """Time the loop again and again; None where it cannot be pinned to a core."""
    speeds = [time_loop() for _ in range(REPETITIONS)]
    known = [speed for speed in speeds if speed is not None]
    return spread(known) if len(known) == len(speeds) else None


@contextmanager
def busy(cpus: Sequence[int]) -> Iterator[None]:
    """Keep CPUs busy, as the contestant's neighbours do in a run."""
    with ExitStack() as running:
        for cpu in cpus:
            program = BUSY.format(cpu=cpu, parent=os.getpid())
            # A session of its own: Ctrl-C is the doctor's to handle.
            process = running.enter_context(
                subprocess.Popen([sys.executable, "-I", "-c", program], start_new_session=True)
            )
            running.callback(process.kill)
        yield


def speed(alone: Spread | None, beside: Spread | None) -> Diagnosis:
    """`beside`: with the neighbours' cores busy; None where there are none."""
    if alone is None:
        return Diagnosis(
            code="speed",
            name="Fixed loop",
            found="not timed: this system does not pin a process to a core",
            grade="note",
            effect="How steady the machine is stays unknown until the A/A control of a run.",
            remedy="Run the lab on Linux.",
        )
    slower = 1 - beside.mean / alone.mean if beside else 0.0
    sharing: Grade = "note" if slower > BAD_SHARE else "ok"
    grade = worst([by_share(s.variation) for s in (alone, beside) if s] + [sharing])
    found = f"{alone.mean:.1f} a second; varies by {percent(alone.variation)} alone"
    if beside:
        change = f", {percent(abs(slower))} {'slower' if slower > 0 else 'faster'} then"
        found += f", by {percent(beside.variation)} with the other cores busy{change}"
    return Diagnosis(
        code="speed",
        name="Fixed loop",
        found=found,
        grade=grade,
        effect=EFFECTS[grade],
        remedy=REMEDIES[grade],
        figures={
            "loops_per_second": round(alone.mean, 3),
            "variation": round(alone.variation, 4),
            "loops_per_second_neighbours_busy": round(beside.mean, 3) if beside else None,
            "variation_neighbours_busy": round(beside.variation, 4) if beside else None,
        },
    )
