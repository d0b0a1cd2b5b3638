"""CPU affinity of this process: while there is load, it stays off the contestant's core.

The harness reads every container's counters four times a second. The scheduler would put it on the
contestant's core as soon as the other is busy, as it is when a lean contestant keeps database and
load generator at work (docs/method.md, Machine).
"""

import os
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

TASKS = Path("/proc/self/task")
"""One folder for each thread of this process (proc(5))."""


@contextmanager
def kept_to(cpus: Collection[int]) -> Iterator[None]:
    """Keep all threads, and whatever they start meanwhile, to some CPUs; afterwards let them run
    where the caller could before. Does nothing where the system has no such thing.
    """
    if not hasattr(os, "sched_setaffinity"):
        yield
        return
    before = os.sched_getaffinity(0)
    _keep_threads(cpus)
    try:
        yield
    finally:
        _keep_threads(before)


def _keep_threads(cpus: Collection[int]) -> None:
    """Of threads, only the one that calls is moved by itself (sched_setaffinity(2))."""
    for thread in [int(task.name) for task in TASKS.iterdir()] if TASKS.is_dir() else [0]:
        try:
            os.sched_setaffinity(thread, cpus)
        except ProcessLookupError:
            continue  # it has ended since the list was made
