"""Commands on contestants: `list`, `diff`, `up`, `down` and `verify`."""

import json
import sys
from typing import Annotated

import typer

from levelbench import report
from levelbench.cli import options as cli
from levelbench.cli.terminal import (
    FAILED,
    console,
    interruptible,
    one_service,
    say,
    show,
    shown,
    working,
)
from levelbench.contestants import diff as sources
from levelbench.contestants import discovery, selection
from levelbench.contestants import new as creating
from levelbench.contestants.service import TODO_FILE
from levelbench.lab import engines, sites
from levelbench.lab import up as bringing
from levelbench.model.config import load_config
from levelbench.model.traits import LABELS
from levelbench.progress import Display
from levelbench.verify import several
from levelbench.verify import verify as verification

commands = typer.Typer()
MEASURE, LOOK, TRY_ONE = "Measure", "Look", "Try one"


@commands.command(rich_help_panel=MEASURE)
def verify(names: cli.Services = "", source: cli.Images = "auto") -> None:
    """Check the contract and every parity rule, without a load."""
    chosen = selection.select(names, discovery.discover(), references=True)
    with interruptible(), Display(console) as display:
        found = several.verify_all(chosen, load_config(), source, display)
    show(report.ledger(found))
    say(f"Ledger: {shown(verification.write_report(found))}")
    sys.exit(0 if all(outcome.verified for outcome in found.values()) else FAILED)


@commands.command("list", rich_help_panel=LOOK)
def list_services(as_json: cli.AsJson = False) -> None:
    """List the services: contestants, references, exhibits, variants and guests."""
    found = discovery.discover()
    if as_json:
        print(json.dumps({name: service.spec.model_dump() for name, service in found.items()}))
        return
    guests = selection.with_role("guest", found)
    for name in sorted(found, key=lambda name: name in guests):
        if guests and name == guests[0]:
            print("\nGuests, measured by their own requests and never ranked:")
        spec = found[name].spec
        print(f"{name:<24} {spec.role:<12} {spec.display_name}")


@commands.command("variants", rich_help_panel=LOOK)
def list_variants() -> None:
    """List the variants with what each changes in the contestant that it extends."""
    for name, service in discovery.discover().items():
        if service.base and service.spec.role == "variant":
            before, after = service.base.spec.traits, service.spec.traits
            changes = (f"{LABELS[t]} {before[t]} -> {after[t]}" for t in service.spec.changes)
            print(f"{name:<24} {service.base.name:<12} {', '.join(changes)}")


@commands.command(rich_help_panel=LOOK)
def diff(
    left: Annotated[str, typer.Argument(metavar="FROM", help="Name of a service.")],
    right: Annotated[str, typer.Argument(metavar="TO", help="Name of another service.")],
) -> None:
    """Show how the sources of two services differ."""
    sources.print_diff(*sources.pick(left, right, discovery.discover()), console)


@commands.command(rich_help_panel=TRY_ONE)
def up(name: cli.Service, port: cli.Port = None, source: cli.Images = "auto") -> None:
    """Start one service on 127.0.0.1; the last line is its base URL."""
    service = one_service(name, discovery.discover())
    site = sites.up_site(service.name)
    with interruptible():
        running = bringing.up(service, site, source, port, say=say, watched=True)
    say(f"{service.name} is up; `make down` removes it")
    print(running.endpoint.base_url)


@commands.command(rich_help_panel=TRY_ONE)
def down() -> None:
    """Remove the containers that `up` started."""
    engine = engines.connect()
    for site in sorted(engine.sites()):
        if site.startswith(f"{sites.UP}-"):
            with working(f"removing {site}"):
                engine.remove_site(site)
            say(f"removed {site}")


@commands.command(rich_help_panel="Develop")
def new(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Name of the new folder.")],
    like: Annotated[str, typer.Option("--like", metavar="<name>", help="The nearest service.")],
) -> None:
    """Make a contestant that runs, as a copy of another one, and list what is left to do."""
    folder, left = creating.create(name, like, discovery.discover())
    say(f"{shown(folder)} is a copy of {like}. Left to do, also in {TODO_FILE}:")
    for item in left:
        say(f"  {item}")
    say(f"It runs already: `make up-{name}`. `make verify-{name}` checks it.")
