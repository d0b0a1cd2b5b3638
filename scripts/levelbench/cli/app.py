"""The command line's entry point: registers every command and prints errors as one line."""

import os
import sys
from typing import NoReturn

import typer
from rich.console import Console
from typer.exceptions import TyperException

from levelbench.cli import (
    bench,
    contestants,
    count,
    history,
    machine,
    merge,
    output,
    paired,
    profile,
    reports,
    size,
    workflows,
)
from levelbench.cli.terminal import INTERRUPTED, WRONG_USE
from levelbench.errors import LabError

app = typer.Typer(
    help="A reproducible benchmark lab for Python web frameworks.",
    pretty_exceptions_enable=False,
    add_completion=False,
)
for module in (
    bench, size, paired, count, profile, contestants, reports, merge, history, machine, workflows,
):  # fmt: skip
    app.add_typer(module.commands)


def main() -> NoReturn:
    """Run a command; print what goes wrong as one line and exit with status 2."""
    os.umask(0o022)
    output.prepare()
    try:
        _run(sys.argv[1:] or ["--help"])
    except TyperException as error:
        _print_error(_usage(error))
        sys.exit(WRONG_USE)
    except LabError as error:
        for line in getattr(error, "output", ()):
            print(f"  | {line}", file=sys.stderr)
        _print_error(str(error))
        sys.exit(WRONG_USE)
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
    except OSError as error:  # of this machine: a full disk, another user's file
        where = f"{error.filename}: " if error.filename else ""
        _print_error(f"{where}{error.strerror or error}")
        sys.exit(WRONG_USE)


def _run(arguments: list[str]) -> NoReturn:
    try:
        sys.exit(app(args=arguments, prog_name="levelbench", standalone_mode=False))
    finally:
        sys.stdout.flush()  # here, where a full disk still gets a message


def _usage(error: TyperException) -> str:
    message = error.format_message().replace("Value error, ", "").rstrip(".")
    context = getattr(error, "ctx", None)
    command = context.command_path if context else "levelbench"
    return f"{message}. `{command} --help` explains the options."


def _print_error(message: str) -> None:
    line = " ".join(message.split())
    Console(stderr=True, soft_wrap=True).print(f"levelbench: {line}", markup=False, highlight=False)
