"""Commands that the GitHub workflows call: `changed`, `series` and `previous`."""

import json
from typing import Annotated

import typer

from levelbench.cli import options as cli
from levelbench.cli.nightly import previous
from levelbench.cli.nightly import series as names
from levelbench.contestants import discovery, selection, touched
from levelbench.lab import environment
from levelbench.model.config import load_config

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
