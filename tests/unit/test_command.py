import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from levelbench.command import CommandError, end_long, run, run_long


def test_returns_what_the_program_wrote() -> None:
    assert run(["sh", "-c", "cat; echo $WORD"], env={"WORD": "b"}, stdin="a\n") == "a\nb\n"


Run = Callable[[list[str]], object]


@pytest.mark.parametrize("function", [run, run_long])
class TestFailures:
    def test_a_failure_is_its_last_line(self, function: Run) -> None:
        with pytest.raises(CommandError, match=r"^`sh` failed: the cause$") as caught:
            function(["sh", "-c", "echo first >&2; echo the cause >&2; exit 3"])
        assert caught.value.output == ("first", "the cause")

    def test_a_missing_program_is_said_with_its_remedy(self, function: Run) -> None:
        with pytest.raises(CommandError, match=r"'nonesuch' is missing\. Install it; "):
            function(["nonesuch"])


def test_a_long_program_of_another_thread_is_ended(tmp_path: Path) -> None:
    begun = tmp_path / "begun"
    with ThreadPoolExecutor(1) as threads:
        future = threads.submit(run_long, ["sh", "-c", f"touch {begun}; sleep 600"])
        while not begun.exists():
            time.sleep(0.01)
        end_long()
        with pytest.raises(CommandError):
            future.result()


def test_a_program_that_does_not_end_is_ended() -> None:
    with pytest.raises(CommandError, match=r"did not end within 0\.1 s"):
        run(["sleep", "60"], timeout_s=0.1)


def test_a_program_that_is_interrupted_while_it_starts_is_ended(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Before, a signal between its start and the first wait left it running."""
    started: list[subprocess.Popen[str]] = []

    class Interrupted(subprocess.Popen):  # type: ignore[type-arg]
        def __init__(self, *arguments: Any, **options: Any) -> None:
            super().__init__(*arguments, **options)
            started.append(self)
            os.kill(os.getpid(), signal.SIGINT)

    monkeypatch.setattr(subprocess, "Popen", Interrupted)
    with pytest.raises(KeyboardInterrupt):
        run(["sleep", "300"])
    (process,) = started
    assert process.returncode == -signal.SIGTERM


@pytest.mark.parametrize("function", ["run", "run_long"])
def test_interruption_ends_the_program_and_its_children(tmp_path: Path, function: str) -> None:
    """`docker compose` is such a child: the client's plugin, which does the work."""
    pid_file = tmp_path / "pid"
    program = f"""
from levelbench.command import {function}
{function}(["sh", "-c", "sleep 300 & echo $! > {pid_file}; wait"])
"""
    with subprocess.Popen([sys.executable, "-c", program], stderr=subprocess.DEVNULL) as process:
        while not pid_file.exists() or not pid_file.read_text().strip():
            time.sleep(0.02)
        process.send_signal(signal.SIGINT)
        process.wait()
    child = int(pid_file.read_text())
    for _ in range(3000):  # a minute, on a busy machine
        try:
            os.kill(child, 0)
        except ProcessLookupError:
            return
        time.sleep(0.02)
    pytest.fail("the child outlived the interruption")
