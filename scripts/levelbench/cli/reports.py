"""Commands on what was measured: build a report again, sum it up, compare two runs."""

import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from levelbench import report
from levelbench.analysis.derive import derive
from levelbench.analysis.two_runs.compare import compare
from levelbench.cli.terminal import console, run_folder, say, shown
from levelbench.load import timeline
from levelbench.model.files import write_atomic
from levelbench.model.folder import load_run
from levelbench.report import compared, markdown

REGRESSED = 1
WIDTH = 120
"""Where there is no terminal to ask, as in the log of a job."""

commands = typer.Typer()


@commands.command("report")
def build_report(run: Annotated[str, typer.Argument(help="A run's id.")] = "latest") -> None:
    """Build a run's report again, from its folder alone."""
    folder = run_folder(run)
    console.print(report.terminal_table(report.build(folder, timeline.read)))
    say(f"Report: {shown(folder / 'report.html')}")


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
    found = compare(load_run(run_folder(a)), load_run(run_folder(b)), by_ratio=by_ratio)
    if markdown:
        write_atomic(markdown, compared.to_markdown(found))
    wide = Console()
    if not wide.is_terminal:
        wide = Console(width=WIDTH)
    wide.print(compared.to_terminal(found), highlight=False)
    sys.exit(REGRESSED if found.regressed else 0)


@commands.command()
def summary(run: Annotated[str, typer.Argument(help="A run's id.")] = "latest") -> None:
    """Print a run's answer, tables and findings as Markdown."""
    found = load_run(run_folder(run))
    print(markdown.summary(derive(found), found), end="")
