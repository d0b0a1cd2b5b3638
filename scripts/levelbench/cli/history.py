"""Commands on published runs: `publish`, `import` and `site`."""

from pathlib import Path
from typing import Annotated

import typer

from levelbench import report
from levelbench.cli import options as cli
from levelbench.cli.terminal import run_folder, say, shown, working
from levelbench.history import imported, site, store
from levelbench.model.config import REPORTS, ROOT

commands = typer.Typer()
PUBLISH = "Publish"
Repository = Annotated[
    Path,
    typer.Option(
        "--repository", metavar="<folder>", help="Default: this checkout's.", show_default=False
    ),
]
Branch = Annotated[str, typer.Option("--branch", metavar="<name>", help="Branch of the store.")]


@commands.command(rich_help_panel=PUBLISH)
def publish(
    run: cli.RunId = "latest", repository: Repository = ROOT, branch: Branch = store.BRANCH
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


@commands.command("site", rich_help_panel=PUBLISH)
def build_site(
    repository: Repository = ROOT,
    branch: Branch = store.BRANCH,
    to: Annotated[
        Path, typer.Option("--to", metavar="<folder>", help="Folder of the pages.")
    ] = Path("site"),
) -> None:
    """Build the site, static pages of all published runs."""
    with working("building the site"):
        built = site.build(store.Store(repository, branch), to)
    say(f"{len(built)} pages: open {shown(to / built[0].path)}")
