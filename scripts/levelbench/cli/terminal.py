"""What the commands have in common: the terminal, exit statuses, options, interruption."""

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, cast, get_args

import typer
from rich.console import Console

from levelbench import interruption
from levelbench.errors import LabError
from levelbench.lab import images
from levelbench.model.config import REPORTS

FAILED, WRONG_USE, INTERRUPTED = 1, 2, 130

console = Console(soft_wrap=True)

ServicesOption = Annotated[
    str, typer.Option("--services", help="Comma-separated names; all contestants by default.")
]
SourceOption = Annotated[
    str, typer.Option("--images", help="Where images come from: auto, registry or standin.")
]


def say(message: str) -> None:
    """Print a line."""
    console.print(message, highlight=False)


@contextmanager
def interruptible() -> Iterator[None]:
    """SIGTERM ends a command as Ctrl-C does; one that has nothing to show for it says so."""
    try:
        with interruption.terminable():
            yield
    except KeyboardInterrupt:
        print("levelbench: interrupted", file=sys.stderr)
        sys.exit(INTERRUPTED)


def choice(name: str, value: str, known: tuple[str, ...]) -> str:
    """`value`, if it is one of those known. Raises LabError."""
    if value not in known:
        raise LabError(f"there is no {name} {value!r}", f"Choose one of: {', '.join(known)}.")
    return value


def source(value: str) -> images.Source:
    """Where images come from. Raises LabError."""
    return cast(images.Source, choice("source of images", value, get_args(images.Source)))


def run_folder(run_id: str) -> Path:
    """The folder of a run, or of `latest`. Raises LabError for what is none."""
    folder = REPORTS / run_id
    # `..` and the like are folders and no runs.
    if not re.fullmatch(r"\w[\w.-]*", run_id) or not folder.is_dir():
        raise LabError(f"there is no run {run_id!r} in {REPORTS.name}", "`ls reports` shows them.")
    return folder


def shown(path: Path) -> str:
    """A path as one would type it here."""
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)
