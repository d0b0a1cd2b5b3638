"""The command line: every command, and what becomes of an error."""

import os
import sys
from typing import NoReturn

import typer
from rich.console import Console

from levelbench.cli import bench, contestants, machine, reports, workflows
from levelbench.cli.terminal import FAILED, INTERRUPTED, WRONG_USE
from levelbench.errors import LabError

app = typer.Typer(
    help="A reproducible benchmark lab for Python web frameworks.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
for module in (bench, reports, contestants, machine, workflows):
    app.add_typer(module.commands)


def main() -> NoReturn:
    """Run a command; what goes wrong is one line and exit status 2."""
    os.umask(0o022)
    try:
        app()
    except LabError as error:
        for line in getattr(error, "output", ()):
            print(f"  | {line}", file=sys.stderr)
        Console(stderr=True, soft_wrap=True).print(
            f"levelbench: {error}", markup=False, highlight=False
        )
        sys.exit(WRONG_USE)
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
    except BrokenPipeError:  # whoever read the output has gone, `| head` for one
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(FAILED)
    sys.exit(0)
