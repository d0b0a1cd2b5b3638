"""Commands that the GitHub workflows call: `changed`, `releases`, `series` and `previous`."""

import json
from pathlib import Path
from typing import Annotated

import typer

from levelbench.cli import options as cli
from levelbench.cli.nightly import previous
from levelbench.cli.nightly import series as names
from levelbench.contestants import discovery, release, selection, touched
from levelbench.contestants.service import LOCK_FILE
from levelbench.lab import environment
from levelbench.model.config import load_config
from levelbench.model.files import write_atomic

commands = typer.Typer()
WORKFLOWS = "For workflows"


@commands.command(rich_help_panel=WORKFLOWS)
def changed(
    base: Annotated[
        str, typer.Option(metavar="<ref>", help="Commit, branch or tag to compare with.")
    ],
) -> None:
    """Print the services that differ from another commit, as JSON."""
    # Exhibits and variants are compared with their contestants only.
    measured = selection.select(selection.ALL, discovery.discover())
    print(json.dumps(touched.changed(base, measured)))


@commands.command(rich_help_panel=WORKFLOWS)
def releases(
    into: Annotated[
        Path, typer.Option(metavar="<folder>", help="Folder for the lock files that changed.")
    ],
    chosen: cli.Services = "",
) -> None:
    """Lock the newest releases of direct packages; print the contestants with one, as JSON."""
    known = discovery.discover()
    found = []
    for name, service in selection.select(chosen or selection.ALL, known).items():
        # A variant takes versions from the lock of its contestant, which comes first.
        family = [service, *(one for one in known.values() if one.base and one.base.name == name)]
        changed = [one for one in family if release.upgraded(one)]
        for one in changed:
            write_atomic(into / name / one.name / LOCK_FILE, (one.folder / LOCK_FILE).read_text())
        found += [name] if changed else []
    print(json.dumps(found))


@commands.command(rich_help_panel=WORKFLOWS)
def series(
    profile: cli.Profile = "nightly", chosen: cli.Services = "", workload: cli.Workload = ""
) -> None:
    """Print the series of comparable runs that a run here joins."""
    known, config = discovery.discover(), load_config()
    processor, cores = environment.cpu_model(), environment.cores()
    print(names.name(profile, chosen, workload, config, known, processor, cores))


@commands.command("previous", rich_help_panel=WORKFLOWS)
def fetch_previous(
    series: Annotated[str, typer.Argument(metavar="SERIES", help="As `series` prints it.")],
    branch: Annotated[
        str, typer.Option(metavar="<branch>", help="Branch to search for nightly runs.")
    ],
) -> None:
    """Fetch the last nightly run of a series with `gh`; print its id."""
    print(previous.fetch(series, branch) or "")
