"""Other programs, run in sessions of their own: Ctrl-C is the harness's to handle, not theirs."""

import os
import shutil
import signal
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from itertools import takewhile
from pathlib import Path

from levelbench.errors import LabError


class CommandError(LabError):
    """A program failed, or is missing."""

    def __init__(self, cause: str, remedy: str = "", output: Sequence[str] = ()) -> None:
        super().__init__(cause, remedy)
        self.output = tuple(output)
        """The last lines that it wrote."""


def run(
    command: Sequence[str],
    env: Mapping[str, str] | None = None,
    stdin: str | None = None,
    timeout_s: float = 600,
) -> str:
    """Run a program to its end and return its output. Raises CommandError."""
    try:
        done = subprocess.run(
            _dying_with_us(command),
            env={**os.environ, **(env or {})},
            input=stdin,
            capture_output=True,
            text=True,
            timeout=timeout_s,
            start_new_session=True,
            check=False,
        )
    except FileNotFoundError:
        raise _missing(command) from None
    except subprocess.TimeoutExpired:
        raise CommandError(f"`{_short(command)}` did not end within {timeout_s:g} s") from None
    if done.returncode:
        raise _failed(command, (done.stderr or done.stdout).splitlines())
    return done.stdout


def run_long(command: Sequence[str], env: Mapping[str, str] | None = None) -> None:
    """Run a program that takes minutes; it and all that it started end when this is interrupted.

    Raises CommandError with the last lines of its output.
    """
    try:
        process = subprocess.Popen(
            _dying_with_us(command),
            env={**os.environ, **(env or {})},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
    except FileNotFoundError:
        raise _missing(command) from None
    with process:
        assert process.stdout is not None
        try:
            lines = [line.rstrip() for line in process.stdout]
        except BaseException:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGTERM)
            raise
    if process.returncode:
        raise _failed(command, lines)


def _dying_with_us(command: Sequence[str]) -> list[str]:
    """`command`, ended by the kernel when this process is killed: nothing goes on behind its back.

    Elsewhere than on Linux as it is.
    """
    setpriv = shutil.which("setpriv")
    if setpriv is None or shutil.which(command[0]) is None:
        return list(command)
    return [setpriv, "--pdeathsig", "TERM", "--", *command]


def _missing(command: Sequence[str]) -> CommandError:
    return CommandError(f"the command {command[0]!r} is missing", "Run scripts/bootstrap.sh.")


def _failed(command: Sequence[str], lines: Iterable[str]) -> CommandError:
    said = [line for line in lines if line.strip()]
    last = said[-1].strip() if said else "without a word"
    return CommandError(f"`{_short(command)}` failed: {last}", output=said[-20:])


def _short(command: Sequence[str]) -> str:
    """A command's words before its first option, paths by their last part."""
    words = takewhile(lambda word: not word.startswith("-"), command)
    return " ".join(Path(word).name for word in words)
