"""Commands on this machine: `doctor`, `images` and `clean`."""

import sys

import typer
from rich.console import Console

from levelbench.cli import doctor_table
from levelbench.cli import options as cli
from levelbench.cli.terminal import interruptible, say, show, working
from levelbench.contestants import discovery, selection
from levelbench.lab import engines, images
from levelbench.lab.doctor import examination
from levelbench.model.config import load_config
from levelbench.progress import Display

commands = typer.Typer()
DEVELOP = "Develop"


@commands.command("images", rich_help_panel=DEVELOP)
def build_images(names: cli.Services = "", source: cli.Images = "auto") -> None:
    """Pull or build every missing image."""
    chosen = selection.select(names, discovery.discover(), references=True)
    engine = engines.connect()
    shared = images.ensure(engine, load_config().images, source, say, chosen.values())
    for service in chosen.values():
        say(f"{service.name}: {images.build_service(engine, service, shared, say)}")


@commands.command("doctor", rich_help_panel="Measure")
def examine(as_json: cli.AsJson = False) -> None:
    """Check whether this machine can run a trustworthy benchmark."""
    # Progress goes to stderr: stdout has only the result.
    with interruptible(), Display(Console(stderr=True)) as display:
        checks = examination.examine(load_config(), display.say)
    if as_json:
        print(doctor_table.to_json(checks))
    else:
        show(doctor_table.terminal_table(checks))
    sys.exit(doctor_table.exit_status(checks))


@commands.command(rich_help_panel=DEVELOP)
def clean() -> None:
    """Remove every container, network, volume and image of the lab."""
    engine = engines.connect()
    for site in sorted(engine.sites()):
        with working(f"removing {site}"):
            engine.remove_site(site)
        say(f"removed {site}")
    for tag in sorted(engine.lab_images()):
        with working(f"removing {tag}"):
            engine.remove_image(tag)
        say(f"removed {tag}")
