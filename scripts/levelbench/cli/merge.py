"""The command that merges the output of several k6 instances: `merge`."""

from pathlib import Path
from typing import Annotated

import typer

from levelbench.cli.terminal import say, show, working
from levelbench.load import merge as merging
from levelbench.model.files import save
from levelbench.report import merged
from levelbench.report.terminal import to_rich

commands = typer.Typer()


@commands.command(rich_help_panel="Look")
def merge(
    files: Annotated[
        list[Path],
        typer.Argument(metavar="A.json.gz B.json.gz", help="Output of `k6 run --out json=<file>`."),
    ],
    summary: Annotated[
        list[Path] | None,
        typer.Option(
            "--summary",
            metavar="<file>",
            help="k6's own summary (data of handleSummary) of each file, in the same order.",
        ),
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", metavar="<file>", help="Where to write it as JSON.")
    ] = None,
) -> None:
    """Merge the samples of several k6 into one summary, with exact percentiles."""
    with working(f"reading the samples of {len(files)} load generators"):
        found = merging.merge(files, summary or ())
    if output:
        save(output, found)
    for table in merged.tables(found):
        show(to_rich(table))
    if output:
        say(f"Written: {output}")
