"""The command that compares two runs."""

import re
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from levelbench.compare import compare
from levelbench.config import REPORTS
from levelbench.errors import LabError
from levelbench.files import write_atomic
from levelbench.records import Run, load_run
from levelbench.report import compared

REGRESSED = 1
WIDTH = 120
"""Where there is no terminal to ask, as in the log of a job."""

commands = typer.Typer()


@commands.command("compare")
def compare_runs(
    a: Annotated[str, typer.Argument(help="Id of the run before.")],
    b: Annotated[str, typer.Argument(help="Id of the run after.")],
    by_ratio: Annotated[
        bool,
        typer.Option(
            "--by-ratio",
            help="Judge by the ratios between contestants: for machines of one model that differ "
            "in speed, as hosted runners do.",
        ),
    ] = False,
    markdown: Annotated[
        Path | None, typer.Option(help="A file that gets the same as Markdown.")
    ] = None,
) -> None:
    """Hold a run against an earlier one; status 1 when something became worse beyond noise."""
    found = compare(_run(a), _run(b), by_ratio=by_ratio)
    if markdown:
        write_atomic(markdown, compared.to_markdown(found))
    console = Console()
    if not console.is_terminal:
        console = Console(width=WIDTH)
    console.print(compared.to_terminal(found), highlight=False)
    sys.exit(REGRESSED if found.regressed else 0)


def _run(run_id: str) -> Run:
    folder = REPORTS / run_id
    # `..` and the like are folders and no runs.
    if not re.fullmatch(r"\w[\w.-]*", run_id) or not folder.is_dir():
        raise LabError(f"there is no run {run_id!r} in {REPORTS.name}", "`ls reports` shows them.")
    return load_run(folder)
