"""What commands share: the terminal, exit statuses, interruption and run folders."""

import re
import sys
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from rich.console import Console, RenderableType

from levelbench import interruption
from levelbench.cli import output
from levelbench.contestants.service import Service
from levelbench.errors import LabError
from levelbench.model.config import REPORTS

FAILED, WRONG_USE, INTERRUPTED = 1, 2, 130

output.correct_width()  # before the first console reads it
console = Console(soft_wrap=True)


def say(message: str) -> None:
    """Print a line, as it is."""
    console.print(message, highlight=False, markup=False)


def show(table: RenderableType) -> None:
    """Print a table, wrapped to the width of the terminal."""
    console.print(table, highlight=False, soft_wrap=False)


def working(step: str) -> AbstractContextManager[object]:
    """Show a spinner with this step for as long as the context lasts, at a terminal."""
    return Console(stderr=True).status(step)


@contextmanager
def interruptible() -> Iterator[None]:
    """End a command on SIGTERM and Ctrl-C with one line and the status of an interruption."""
    try:
        with interruption.terminable():
            yield
    except KeyboardInterrupt:
        print("levelbench: interrupted", file=sys.stderr)
        sys.exit(INTERRUPTED)


def run_name(text: str) -> str:
    """A run's id, which a shell may have completed to the path of its folder."""
    path = Path(text)
    return path.name if path.parent.resolve() == REPORTS.resolve() else text.rstrip("/")


def run_folder(run: str) -> Path:
    """The folder of a run, or of `latest`. Raises LabError for a name that no run has."""
    run_id = run_name(run)
    folder = REPORTS / run_id
    # `..` and the like are folders, but not runs.
    if not re.fullmatch(r"\w[\w.-]*", run_id) or not folder.is_dir():
        raise LabError(
            f"there is no run {run_id!r} in {REPORTS.name}/",
            f"`ls {REPORTS.name}` lists the runs; `make bench` adds one.",
        )
    return folder


def one_service(name: str, known: Mapping[str, Service]) -> Service:
    """The service of this name. Raises LabError for a name that no folder has."""
    if name not in known:
        raise LabError(f"there is no service {name!r}", f"Choose from: {', '.join(known)}.")
    return known[name]


def shown(path: Path) -> str:
    """A path relative to the working directory where that is possible."""
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)
