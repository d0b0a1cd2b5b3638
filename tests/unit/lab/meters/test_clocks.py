"""Steps of the machine's clock, with clocks that are set in the middle of a trial."""

import itertools
import time
from collections.abc import Iterator

import pytest

from levelbench.lab.meters import clocks
from levelbench.lab.meters.clocks import INTERVAL_S, Reading, Watch

EPOCH_S = 1_767_323_045.0


def watched(readings: list[Reading], monkeypatch: pytest.MonkeyPatch) -> Watch:
    """A watch that has read the clocks so many times, by a machine's own time."""
    left = iter(readings)
    monkeypatch.setattr(clocks, "read", lambda: next(left))
    watch = Watch(interval_s=60)
    with watch:
        for _ in readings[2:]:
            watch._readings.append(clocks.read())
    return watch


def passing(seconds: float, uncertainty_s: float = 1e-6, rate: float = 1.0) -> list[Reading]:
    """Readings of clocks of which one runs at another rate, four a second."""
    moments = [INTERVAL_S * n for n in range(round(seconds / INTERVAL_S) + 1)]
    return [Reading(EPOCH_S + rate * s, 500.0 + s, uncertainty_s) for s in moments]


def set_by(seconds: float, readings: list[Reading]) -> list[Reading]:
    """The same, with the wall clock set in the middle."""
    half = len(readings) // 2
    later = [Reading(r.wall_s + seconds, r.monotonic_s, r.uncertainty_s) for r in readings[half:]]
    return readings[:half] + later


@pytest.mark.parametrize("step_s", [0.006, -0.006, 3600.0, -3600.0])
def test_a_step_is_the_size_it_has(step_s: float, monkeypatch: pytest.MonkeyPatch) -> None:
    found = watched(set_by(step_s, passing(10)), monkeypatch).times()
    assert found
    assert found.step_ms == pytest.approx(1e3 * step_s, abs=0.01)
    assert found.end_monotonic_s - found.start_monotonic_s == pytest.approx(10)
    assert found.end_epoch_s - found.start_epoch_s == pytest.approx(10 + step_s)


@pytest.mark.parametrize("rate", [1 + 500e-6, 1 - 500e-6])
def test_slewing_adds_up_and_is_no_step(rate: float, monkeypatch: pytest.MonkeyPatch) -> None:
    """500 ppm are 30 ms in a minute."""
    found = watched(passing(60, rate=rate), monkeypatch).times()
    assert found
    drift_s = (found.end_epoch_s - found.start_epoch_s) - 60
    assert abs(drift_s) == pytest.approx(0.030, abs=1e-4)
    assert abs(found.step_ms) == pytest.approx(0.123, abs=0.01)


def test_what_the_readings_leave_open_is_no_step(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a process that lost its CPU for 20 ms between the two clocks."""
    readings = set_by(0.012, passing(10, uncertainty_s=0.010))
    found = watched(readings, monkeypatch).times()
    assert found
    assert found.step_ms == 0


def test_a_watch_that_never_read_knows_nothing() -> None:
    assert Watch().times() is None


def test_this_machine_reads_both_clocks_until_the_end() -> None:
    watch = Watch(interval_s=0.001)
    with watch:
        while len(watch._readings) < 5:
            time.sleep(0.001)
    found = watch.times()
    assert found
    assert found.start_monotonic_s < found.end_monotonic_s


def test_the_most_precise_of_a_few_readings_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    def monotonic() -> Iterator[float]:
        """The process loses its CPU for 50 ms between the first two readings."""
        yield from (1.0, 1.05)
        yield from itertools.count(2.0, 1e-6)

    ticks = monotonic()
    monkeypatch.setattr(clocks.time, "monotonic", lambda: next(ticks))
    assert clocks.read().uncertainty_s < 1e-5
