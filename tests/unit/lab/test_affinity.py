import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from levelbench.lab import affinity

SHOW = "import os; print(*os.sched_getaffinity(0))"


@contextmanager
def thread() -> Iterator[int]:
    """A thread that was there before; its number."""
    end, numbers = threading.Event(), [0]
    begun = threading.Event()

    def wait() -> None:
        numbers[0] = threading.get_native_id()
        begun.set()
        end.wait()

    one = threading.Thread(target=wait)
    one.start()
    begun.wait()
    try:
        yield numbers[0]
    finally:
        end.set()
        one.join()


def started() -> set[int]:
    """Where a program that is started now may run."""
    done = subprocess.run(
        [sys.executable, "-I", "-c", SHOW], capture_output=True, text=True, check=True
    )
    return {int(cpu) for cpu in done.stdout.split()}


def test_keeps_every_thread_and_what_is_started_and_lets_them_go_again() -> None:
    everywhere = os.sched_getaffinity(0)
    assert len(everywhere) > 1, "this test needs two CPUs, like the lab"
    kept = {min(everywhere)}
    with thread() as number:
        with affinity.kept_to(kept):
            assert os.sched_getaffinity(0) == kept
            assert os.sched_getaffinity(number) == kept
            assert started() == kept
        assert os.sched_getaffinity(0) == everywhere
        assert os.sched_getaffinity(number) == everywhere
        assert started() == everywhere


def test_lets_go_however_it_ends() -> None:
    everywhere = os.sched_getaffinity(0)
    with pytest.raises(KeyboardInterrupt), affinity.kept_to({min(everywhere)}):
        raise KeyboardInterrupt
    assert os.sched_getaffinity(0) == everywhere


def test_a_system_without_affinity_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(os, "sched_setaffinity")
    with affinity.kept_to({0}):
        assert len(os.sched_getaffinity(0)) > 1
