"""Run other programs, each in its own session, so that only the harness handles Ctrl-C."""

import os
import shutil
import signal
import subprocess
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from itertools import takewhile
from pathlib import Path

from levelbench import interruption
from levelbench.errors import LabError

ENDS_WITHIN_S = 10.0
"""Seconds from SIGTERM until a program is killed."""

_long: set["subprocess.Popen[str]"] = set()
"""Programs that take minutes and are running now."""

Inherits = Callable[[str], bool]
"""Whether a program gets the user's variable of this name."""


def everything(name: str) -> bool:
    """Let a program inherit all of the user's variables."""
    return True


class CommandError(LabError):
    """A program failed or is missing."""

    def __init__(self, cause: str, remedy: str = "", output: Sequence[str] = ()) -> None:
        super().__init__(cause, remedy)
        self.output = tuple(output)
        """The last lines of its output."""


def run(
    command: Sequence[str],
    env: Mapping[str, str] | None = None,
    stdin: str | None = None,
    timeout_s: float = 600,
    inherits: Inherits = everything,
) -> str:
    """Run a program to its end and return its output. Raises CommandError.

    Its variables are `env`, and those of the user that it `inherits`.
    """
    variables = _variables(env, inherits)
    with _started(command, variables, stdin=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        try:
            output, errors = process.communicate(stdin, timeout_s)
        except subprocess.TimeoutExpired:
            raise CommandError(
                f"`{_short(command)}` did not end within {timeout_s:g} s",
                "The machine may be overloaded: run it again.",
            ) from None
    if process.returncode:
        raise _failed(command, (errors or output).splitlines())
    return output


def run_long(
    command: Sequence[str],
    env: Mapping[str, str] | None = None,
    inherits: Inherits = everything,
) -> None:
    """Run a program that takes minutes. Raises CommandError with the last lines of its output."""
    variables = _variables(env, inherits)
    with _started(command, variables, stdin=None, stderr=subprocess.STDOUT) as process:
        assert process.stdout is not None
        _long.add(process)
        try:
            lines = [line.rstrip() for line in process.stdout]
        finally:
            _long.discard(process)
    if process.returncode:
        raise _failed(command, lines)


def end_long() -> None:
    """Terminate the programs that other threads run with `run_long`."""
    for process in tuple(_long):
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)


def _variables(env: Mapping[str, str] | None, inherits: Inherits) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if inherits(name)}
    return {**kept, **(env or {})}


@contextmanager
def _started(
    command: Sequence[str], variables: Mapping[str, str], *, stdin: int | None, stderr: int
) -> Iterator["subprocess.Popen[str]"]:
    """A running program. On an interruption it and all its children are terminated and waited for:
    a killed client would leave its plugin running.
    """
    process: subprocess.Popen[str] | None = None
    try:
        with interruption.deferred():  # a signal in between would leave the program running
            process = subprocess.Popen(
                _dying_with_us(command),
                env=variables,
                stdin=stdin,
                stdout=subprocess.PIPE,
                stderr=stderr,
                # Whatever the user's locale is: other programs write UTF-8, and sometimes do not.
                encoding="utf-8",
                errors="replace",
                start_new_session=True,
            )
        yield process
    except BaseException as error:
        if process:
            _end(process)
        elif isinstance(error, FileNotFoundError):
            raise _missing(command) from None
        elif isinstance(error, OSError):
            raise CommandError(f"`{_short(command)}` could not be run: {error.strerror}") from None
        raise
    finally:
        if process:
            with process:  # closes its pipes and waits for its end
                pass


def _end(process: "subprocess.Popen[str]") -> None:
    """Terminate a session's processes, then kill them; the output ends with the last of them."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        with suppress(ProcessLookupError):
            os.killpg(process.pid, number)
        with suppress(subprocess.TimeoutExpired, ValueError):
            process.communicate(timeout=ENDS_WITHIN_S)
            return


def _dying_with_us(command: Sequence[str]) -> list[str]:
    """`command`, terminated by the kernel when this process is killed, so that nothing continues
    without it. On other systems than Linux, `command` itself.
    """
    setpriv = shutil.which("setpriv")
    if setpriv is None or shutil.which(command[0]) is None:
        return list(command)
    return [setpriv, "--pdeathsig", "TERM", "--", *command]


def _missing(command: Sequence[str]) -> CommandError:
    return CommandError(
        f"the program {command[0]!r} is missing",
        "Install it; scripts/bootstrap.sh installs what the lab itself needs.",
    )


def _failed(command: Sequence[str], lines: Iterable[str]) -> CommandError:
    said = [line for line in lines if line.strip()]
    last = said[-1].strip() if said else "without output"
    return CommandError(f"`{_short(command)}` failed: {last}", output=said[-20:])


def _short(command: Sequence[str]) -> str:
    """The words of a command before its first option, with paths shortened to their last part."""
    words = takewhile(lambda word: not word.startswith("-"), command)
    return " ".join(Path(word).name for word in words)
