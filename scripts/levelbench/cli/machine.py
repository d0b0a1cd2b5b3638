"""Commands on this machine: what it is good for, and what of the lab is on it."""

import sys
from typing import Annotated

import typer
from rich.console import Console

from levelbench.cli import doctor_table, terminal
from levelbench.cli.terminal import ServicesOption, SourceOption, console, interruptible, say
from levelbench.contestants import discovery
from levelbench.lab import engines, images
from levelbench.lab.doctor import examination
from levelbench.model.config import load_config
from levelbench.progress import Display

commands = typer.Typer()


@commands.command("images")
def build_images(names: ServicesOption = "", source: SourceOption = "auto") -> None:
    """Make every image available: pull or build what is missing."""
    engine = engines.connect()
    base = images.ensure(engine, load_config().images, terminal.source(source), say)
    for service in discovery.select(names, discovery.discover(), references=True).values():
        say(f"{service.name}: {images.build_service(engine, service, base.python, say)}")


@commands.command("doctor")
def examine(
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Say what this machine has and lacks for a trustworthy run."""
    # What it does meanwhile goes to the other stream: the first is for the result alone.
    with interruptible(), Display(Console(stderr=True)) as display:
        checks = examination.examine(load_config(), display.say)
    if as_json:
        print(doctor_table.to_json(checks))
    else:
        console.print(doctor_table.terminal_table(checks))
    sys.exit(doctor_table.exit_status(checks))


@commands.command()
def clean() -> None:
    """Remove every container, network, volume and image that the lab has made."""
    engine = engines.connect()
    for site in sorted(engine.sites()):
        engine.remove_site(site)
        say(f"removed {site}")
    for tag in sorted(engine.lab_images()):
        engine.remove_image(tag)
        say(f"removed {tag}")
