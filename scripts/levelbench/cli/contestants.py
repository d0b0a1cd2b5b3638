"""Commands on contestants: name, show, bring up, verify."""

import json
import sys
from typing import Annotated

import typer

from levelbench import report
from levelbench.cli import terminal
from levelbench.cli.terminal import (
    FAILED,
    ServicesOption,
    SourceOption,
    console,
    interruptible,
    say,
    shown,
)
from levelbench.contestants import diff as sources
from levelbench.contestants import discovery
from levelbench.lab import engines, sites
from levelbench.lab import up as bringing
from levelbench.model.config import load_config
from levelbench.progress import Display
from levelbench.verify import verify as verification

commands = typer.Typer()


@commands.command("list")
def list_services(
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Name the services."""
    found = discovery.discover()
    if as_json:
        print(json.dumps({name: service.spec.model_dump() for name, service in found.items()}))
        return
    for name, service in found.items():
        print(f"{name:<24} {service.spec.role:<12} {service.spec.display_name}")


@commands.command()
def diff(a: str, b: str) -> None:
    """Show the differences between the sources of two services."""
    sources.print_diff(*sources.pick(a, b, discovery.discover()), console)


@commands.command()
def up(
    name: str,
    port: Annotated[int | None, typer.Option(help="Loopback port; 8000, or a free one.")] = None,
    source: SourceOption = "auto",
) -> None:
    """Bring one contestant up on the loopback interface; the last line is its base URL."""
    found = discovery.select(name, discovery.discover())
    for service in found.values():
        site = sites.up_site(service.name)
        with interruptible():
            running = bringing.up(
                service, site, terminal.source(source), port, say=say, watched=True
            )
        say(f"{service.name} is up; `make down` removes it")
        print(running.endpoint.base_url)


@commands.command()
def down() -> None:
    """Remove what `up` has started."""
    engine = engines.connect()
    for site in sorted(engine.sites()):
        if site.startswith(f"{sites.UP}-"):
            engine.remove_site(site)
            say(f"removed {site}")


@commands.command()
def verify(names: ServicesOption = "", source: SourceOption = "auto") -> None:
    """Hold the contract and every rule of equal work against the services; no load figures."""
    chosen = discovery.select(names, discovery.discover(), references=True)
    with interruptible(), Display(console) as display:
        found = verification.verify_all(chosen, load_config(), terminal.source(source), display)
    console.print(report.ledger(found))
    say(f"Ledger: {shown(verification.write_report(found))}")
    sys.exit(0 if all(outcome.verified for outcome in found.values()) else FAILED)
