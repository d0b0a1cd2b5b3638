"""The command that counts instructions: `count`."""

import sys

import typer

from levelbench import report
from levelbench.bench.count import count as counting
from levelbench.bench.run import OngoingRun
from levelbench.cli import options as cli
from levelbench.cli.conclusion import findings_lines
from levelbench.cli.terminal import (
    FAILED,
    INTERRUPTED,
    console,
    interruptible,
    run_name,
    say,
    show,
    shown,
    working,
)
from levelbench.contestants import discovery, selection
from levelbench.model.config import load_config
from levelbench.model.results import Results
from levelbench.progress import Display

commands = typer.Typer()


@commands.command(rich_help_panel="Measure")
def count(
    names: cli.Services = "",
    endpoints: cli.Endpoints = "",
    seeds: cli.SeedsOrDefault = None,
    resumed: cli.Resume = "",
    source: cli.Images = "auto",
) -> None:
    """Count the instructions per request of each endpoint, with callgrind."""
    known = discovery.discover()
    if resumed:
        options = counting.options_of(run_name(resumed), known, source)
    else:
        chosen = selection.with_bases(selection.select(names, known, references=not names))
        selection.require_no_guest(chosen.values(), "a count of instructions")
        number = seeds or counting.default_seeds(chosen)
        options = counting.Options(chosen, source, number, endpoints=cli.endpoints(endpoints))
    with interruptible(), Display(console) as display:
        run = counting.count(options, load_config(), display)
    sys.exit(conclude(run)[0])


def conclude(run: OngoingRun) -> tuple[int, Results]:
    """Build the report and print it at the end of a count; exit status and results."""
    with working("building the report"):
        results = report.build(run.folder)
    run.point_latest()
    show(report.instructions_table(results))
    for line in findings_lines(results.findings, console.width):
        show(line)
    say(f"Report: {shown(run.folder / 'report.html')}")
    if run.interrupted:
        say("Interrupted: the report contains what was counted until then.")
        if not run.record.choices.paired:
            say(f"`make count RESUME={run.record.run_id}` counts the rest.")
        return INTERRUPTED, results
    return 0 if results.instructions and not any(run.record.findings) else FAILED, results
