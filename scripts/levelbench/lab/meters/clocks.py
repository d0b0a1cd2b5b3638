"""Clock steps: read wall time and monotonic time together, and find where they move apart.

The load generator measures its windows by wall time, and so are cold starts and the lag of tasks. A
step of that clock (a time daemon that sets it, a machine that was suspended or paused) moves it
against the monotonic clock, which never steps.

Neighbouring readings are compared, not the ends of a trial. Slewing corrects the rate of a clock,
by up to 500 ppm (adjtimex(2)), and adds up: 30 ms in 60 s. Between two readings, a quarter of a
second apart, it is 0.1 ms. On Linux it does not show at all, since it slews both clocks alike.
"""

import threading
import time
from dataclasses import dataclass
from itertools import pairwise

from levelbench.model.trial import ClockTimes

INTERVAL_S = 0.25
"""Between two readings. Reasoned: as often as counters are read."""
PRECISE_S = 1e-4
TRIES = 5
"""Readings in one go: a process can lose its CPU between the two clocks."""


@dataclass(frozen=True)
class Reading:
    """Both clocks at one moment."""

    wall_s: float
    """Seconds since the epoch."""
    monotonic_s: float
    uncertainty_s: float
    """How far the two may be from the same moment."""


def read() -> Reading:
    """Read wall time between two readings of monotonic time; the most precise of a few tries."""
    found = _read()
    for _ in range(TRIES - 1):
        if found.uncertainty_s <= PRECISE_S:
            break
        found = min(found, _read(), key=lambda one: one.uncertainty_s)
    return found


def _read() -> Reading:
    before_s, wall_s, after_s = time.monotonic(), time.time(), time.monotonic()
    return Reading(wall_s, (before_s + after_s) / 2, (after_s - before_s) / 2)


class Watch:
    """Reads both clocks again and again in a thread of its own."""

    def __init__(self, interval_s: float = INTERVAL_S) -> None:
        self._interval_s = interval_s
        self._readings: list[Reading] = []
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> "Watch":
        self._readings.append(read())
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()
        self._readings.append(read())

    def _run(self) -> None:
        while not self._stop.wait(self._interval_s):
            self._readings.append(read())

    def times(self) -> ClockTimes | None:
        """What the clocks were at both ends, and the largest step between; None if never read."""
        if len(self._readings) < 2:
            return None
        first, last = self._readings[0], self._readings[-1]
        step_s = max((_step_s(*pair) for pair in pairwise(self._readings)), key=abs)
        return ClockTimes(
            start_epoch_s=round(first.wall_s, 6),
            start_monotonic_s=round(first.monotonic_s, 6),
            end_epoch_s=round(last.wall_s, 6),
            end_monotonic_s=round(last.monotonic_s, 6),
            step_ms=round(1e3 * step_s, 3),
        )


def _step_s(before: Reading, after: Reading) -> float:
    """How far the wall clock moved against the monotonic one, less what the readings leave open."""
    moved_s = (after.wall_s - before.wall_s) - (after.monotonic_s - before.monotonic_s)
    known_s = max(0.0, abs(moved_s) - before.uncertainty_s - after.uncertainty_s)
    return known_s if moved_s > 0 else -known_s
