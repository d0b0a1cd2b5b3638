"""Events of a cgroup by the running kernel. Machines without the processor's counters have the
kernel's own event of CPU time, which takes the same way."""

import os
import time

import pytest

from levelbench.lab.meters import cgroup, hardware
from levelbench.lab.meters.hardware import CountedSource

TASK_CLOCK = (1, 1)
"""PERF_TYPE_SOFTWARE and PERF_COUNT_SW_TASK_CLOCK: nanoseconds of CPU time."""
BURNT_S = 0.3


def test_the_kernel_counts_the_events_of_a_cgroup() -> None:
    with hardware.counted(cgroup.of_process(os.getpid()), TASK_CLOCK) as source:
        if not isinstance(source, CountedSource):
            pytest.skip("this user may not count events (CAP_PERFMON)")
        before = source.read().instructions_user
        start_s = time.process_time()
        while time.process_time() < start_s + BURNT_S:
            pass
        after = source.read().instructions_user
    assert before is not None
    assert after is not None
    assert after - before >= 0.9e9 * BURNT_S
