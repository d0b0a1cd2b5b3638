"""Commands that workflows call: what varies is found out here, so that no workflow holds a list."""

import json
from typing import Annotated

import typer

from levelbench.cli.nightly import previous
from levelbench.cli.nightly import series as names
from levelbench.contestants import discovery, touched
from levelbench.lab import environment
from levelbench.model.config import load_config

commands = typer.Typer()


@commands.command()
def changed(
    base: Annotated[str, typer.Option(help="The commit or branch that this one is held against.")],
) -> None:
    """Name the services that differ from another commit, as JSON."""
    # Exhibits do other work, and are held against their contestants only.
    measured = discovery.select("", discovery.discover(), references=True)
    print(json.dumps(touched.changed(base, measured)))


@commands.command()
def series(
    profile: Annotated[str, typer.Option(help="As of bench.")] = "nightly",
    chosen: Annotated[str, typer.Option("--services", help="As of bench.")] = "",
    workload: Annotated[str, typer.Option(help="As of bench.")] = "",
) -> None:
    """Name the series that a run here belongs to: its kind, and this machine's."""
    known, config = discovery.discover(), load_config()
    processor, cores = environment.cpu_model(), environment.cores()
    print(names.name(profile, chosen, workload, config, known, processor, cores))


@commands.command("previous")
def fetch_previous(
    series: Annotated[str, typer.Argument(help="As the command `series` prints it.")],
    branch: Annotated[str, typer.Option(help="Whose nightly runs are looked through.")],
) -> None:
    """Fetch the last nightly run of a series from GitHub; print its id, or nothing."""
    print(previous.fetch(series, branch) or "")
