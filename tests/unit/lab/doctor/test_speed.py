import os
import signal
import subprocess
import sys
import time

import psutil
import pytest
from syrupy.assertion import SnapshotAssertion

from levelbench.lab.doctor.speed import REPETITIONS, Spread, busy, measure, speed, spread
from tests.unit.lab.doctor import shown

needs_pinning = pytest.mark.skipif(
    not hasattr(os, "sched_setaffinity"), reason="this system does not pin processes"
)


def test_variation_is_the_standard_deviation_by_the_mean() -> None:
    found = spread([9.0, 10.0, 11.0])
    assert found == Spread(mean=10.0, variation=pytest.approx(0.1))


def test_the_loop_is_timed_again_and_again() -> None:
    timings = iter([10.0] * (REPETITIONS - 1) + [12.0])
    found = measure(lambda: next(timings))
    assert found is not None
    assert found.mean == pytest.approx(10.1)
    assert list(timings) == []


@pytest.mark.parametrize(
    ("idle", "others_busy", "grade"),
    [
        (Spread(14.25, 0.01), Spread(14, 0.02), "ok"),
        (Spread(14.25, 0.048), Spread(12.9, 0.172), "note"),
        (Spread(10, 0.01), Spread(9, 0.25), "bad"),
        (Spread(10, 0.25), Spread(10, 0.01), "bad"),
        (Spread(10, 0.01), Spread(7, 0.01), "note"),
        (Spread(10, 0.01), None, "ok"),
        (None, None, "note"),
    ],
)
def test_the_worse_of_both_spreads_counts(
    idle: Spread | None, others_busy: Spread | None, grade: str, snapshot: SnapshotAssertion
) -> None:
    found = speed(idle, others_busy)
    assert found.grade == grade
    assert found.figures.get("variation_neighbours_busy") == (others_busy and others_busy.variation)
    assert shown(found) == snapshot


def test_a_system_that_cannot_pin_has_no_spread() -> None:
    assert measure(lambda: None) is None


@needs_pinning
def test_neighbours_are_busy_meanwhile_and_gone_afterwards() -> None:
    cpu = min(os.sched_getaffinity(0))
    with busy([cpu]):
        (child,) = psutil.Process().children()
        while child.cpu_times().user == 0.0 or child.cpu_affinity() != [cpu]:
            time.sleep(0.01)
    assert not child.is_running()


@needs_pinning
def test_neighbours_do_not_outlive_a_killed_doctor() -> None:
    program = """
import time
from levelbench.lab.doctor.speed import busy
with busy([0]):
    print("busy", flush=True)
    time.sleep(300)
"""
    with subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, text=True
    ) as doctor:
        assert doctor.stdout is not None
        assert doctor.stdout.readline() == "busy\n"
        (child,) = psutil.Process(doctor.pid).children()
        doctor.send_signal(signal.SIGKILL)
    psutil.wait_procs([child], timeout=30)
    assert not child.is_running()
