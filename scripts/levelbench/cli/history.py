"""Commands on published runs: `publish` and `import`."""

from pathlib import Path
from typing import Annotated

import typer

from levelbench import report
from levelbench.cli import options as cli
from levelbench.cli.terminal import run_folder, say, shown, working
from levelbench.history import imported, store
from levelbench.model.config import REPORTS, ROOT

commands = typer.Typer()
PUBLISH = "Publish"


@commands.command(rich_help_panel=PUBLISH)
def publish(
    run: cli.RunId = "latest",
    repository: Annotated[
        Path,
        typer.Option(
            "--repository", metavar="<folder>", help="Default: this checkout's.", show_default=False
        ),
    ] = ROOT,
    branch: Annotated[
        str, typer.Option("--branch", metavar="<name>", help="Branch of the store.")
    ] = store.BRANCH,
) -> None:
    """Add a run to the store of results, a branch of a git repository."""
    kept, folder = store.Store(repository, branch), run_folder(run).resolve()
    with working("publishing the run"):
        added = kept.publish(folder)
    runs = len(kept.index().runs)
    said = "added to" if added else "is already in"
    say(f"{folder.name} {said} {branch}, which has {runs} run{'s' * (runs != 1)}")
    if added:
        say(f"Share it with `git push origin {branch}`.")


@commands.command("import", rich_help_panel=PUBLISH)
def import_run(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="Folder of a run.")],
) -> None:
    """Copy a run from another checkout or an artifact into reports/."""
    with working("importing the run"):
        target = imported.import_run(folder, REPORTS)
        report.build(target)
    say(f"{shown(target)} is imported; `make publish RUN={target.name}` publishes it")
