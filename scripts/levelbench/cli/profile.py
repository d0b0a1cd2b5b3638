"""The command that shows where contestants spend CPU time: `profile`."""

from typing import Annotated

import typer

from levelbench.bench import profile as profiling
from levelbench.cli import options as cli
from levelbench.cli.terminal import console, interruptible, one_service, say, shown, working
from levelbench.contestants import discovery, selection
from levelbench.errors import LabError
from levelbench.model.config import load_config
from levelbench.model.files import load, write_atomic
from levelbench.model.profile import (
    PAGE_FILE,
    PROFILE_FILE,
    PROFILE_SCHEMA_VERSION,
    ProfileRecord,
)
from levelbench.progress import Display
from levelbench.report import profiled

commands = typer.Typer()


@commands.command(rich_help_panel="Measure")
def profile(
    service: cli.Service,
    versus: Annotated[
        str, typer.Option("--versus", metavar="<name>", help="Service that it is compared with.")
    ] = "",
    workload: Annotated[
        str,
        typer.Option("--workload", metavar="<name>", help="Load: closed, closed-no-auth or list."),
    ] = "closed",
    source: cli.Images = "auto",
) -> None:
    """Sample where a service spends CPU time under load: a flame graph (3 minutes for two)."""
    if service == versus:
        raise LabError(f"{service} cannot be compared with itself", "Name two services.")
    known = discovery.discover()
    chosen = {name: one_service(name, known) for name in (versus, service) if name}
    selection.require_no_guest(chosen.values(), "a profile")
    with interruptible(), Display(console) as display:
        options = profiling.Options(chosen, workload, source)
        folder = profiling.profile(options, load_config(), display)
    with working("drawing the flame graphs"):
        record = load(folder / PROFILE_FILE, ProfileRecord, PROFILE_SCHEMA_VERSION)
        found = profiled.load(folder, record)
        write_atomic(folder / PAGE_FILE, profiled.render(record, found))
    for sentence in profiled.sentences(record, found):
        say(sentence)
    say(f"Flame graph: {shown(folder / PAGE_FILE)}")
