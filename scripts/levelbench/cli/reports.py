"""Commands on runs: `report`, `compare` and `summary`."""

import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from levelbench import report
from levelbench.analysis.derive import derive
from levelbench.analysis.two_runs import counted, counts
from levelbench.analysis.two_runs.compare import compare
from levelbench.analysis.two_runs.state import EXIT_STATUS
from levelbench.cli import options as cli
from levelbench.cli.conclusion import findings_lines
from levelbench.cli.terminal import console, run_folder, say, show, shown, working
from levelbench.errors import LabError
from levelbench.model.files import require_writable, write_atomic
from levelbench.model.folder import load_run
from levelbench.model.results import Results
from levelbench.report import compared, counted_runs, markdown, readme

WIDTH = 120
"""Columns where there is no terminal, as in the log of a job."""

commands = typer.Typer()
LOOK = "Look"


@commands.command("report", rich_help_panel=LOOK)
def build_report(run: cli.RunId = "latest", readme_file: cli.Readme = None) -> None:
    """Rebuild the report of a run from its folder."""
    folder = run_folder(run)
    require_writable(folder)
    with working("building the report"):
        results = report.build(folder)
        if readme_file:
            _write_readme(readme_file, folder, results)
    show(report.terminal_table(results, load_run(folder)))
    for line in findings_lines(results.findings, console.width):
        show(line)
    say(f"Report: {shown(folder / 'report.html')}")


def _write_readme(file: Path, folder: Path, results: Results) -> None:
    """The results of a run in a README, and the files that it shows next to it."""
    text = readme.render(file.read_text(encoding="utf-8"), results, load_run(folder))
    for name, place in readme.COPIES.items():
        write_atomic(file.parent / place, (folder / name).read_text(encoding="utf-8"))
    write_atomic(file, text)


@commands.command("compare", rich_help_panel=LOOK)
def compare_runs(
    a: Annotated[str, typer.Argument(metavar="A", help="Id of the earlier run.")],
    b: Annotated[str, typer.Argument(metavar="B", help="Id of the later run.")],
    margin: cli.Margin = "5%",
    markdown_file: cli.Markdown = None,
) -> None:
    """Compare two runs, or two counts of instructions.

    Exit status 1: slower, or more instructions; 0: not; 3: undecided.
    """
    tolerated = cli.percentage("--margin", margin)
    before, after = run_folder(a), run_folder(b)
    if before.resolve() == after.resolve():
        raise LabError(f"{a} and {b} are the same run", "Name two different runs.")
    with working("comparing the runs"):
        one, other = load_run(before), load_run(after)
        if counts.are_counts(one, other):
            found = counts.compare(one, other)
            text, drawn = counted_runs.to_markdown(found), counted_runs.to_terminal(found)
            status = counted.EXIT_STATUS[found.state]
        else:
            timed = compare(one, other, tolerated)
            text, drawn = compared.to_markdown(timed), compared.to_terminal(timed)
            status = EXIT_STATUS[timed.state]
    if markdown_file:
        write_atomic(markdown_file, text)
    wide = Console()
    if not wide.is_terminal:
        wide = Console(width=WIDTH)
    wide.print(drawn, highlight=False)
    sys.exit(status)


@commands.command(rich_help_panel=LOOK)
def summary(run: cli.RunId = "latest") -> None:
    """Print the results and findings of a run as Markdown."""
    folder = run_folder(run)
    with working("summarising the run"):
        found = load_run(folder)
        text = markdown.summary(derive(found), found)
    print(text, end="")
