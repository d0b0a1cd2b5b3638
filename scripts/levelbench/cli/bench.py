"""The commands that measure."""

import secrets
import sys
from typing import Annotated, cast, get_args

import typer
from rich.markup import escape

from levelbench import report
from levelbench.analysis import derive
from levelbench.bench import resume
from levelbench.bench.bench import bench as run_bench
from levelbench.bench.options import Options
from levelbench.bench.run import OngoingRun
from levelbench.cli import terminal
from levelbench.cli.terminal import (
    FAILED,
    INTERRUPTED,
    ServicesOption,
    SourceOption,
    choice,
    console,
    interruptible,
    say,
    shown,
)
from levelbench.contestants import at_commit, discovery
from levelbench.errors import LabError
from levelbench.load import timeline
from levelbench.model import workloads
from levelbench.model.config import Config, load_config
from levelbench.model.results import load_results
from levelbench.model.vocabulary import Mix
from levelbench.progress import Display

commands = typer.Typer()


@commands.command()
def bench(
    names: ServicesOption = "",
    profile: Annotated[str, typer.Option(help="How much is measured.")] = "quick",
    workload: Annotated[
        str,
        typer.Option(
            help=f"What load is put on, comma-separated: {', '.join(workloads.GROUPS)}; "
            "the profile's own if not given."
        ),
    ] = "",
    seed: Annotated[
        int | None, typer.Option(help="Of order and requests; random if not given.")
    ] = None,
    mix: Annotated[
        str, typer.Option(help="How a mix is weighed: journey, uniform, no-auth or list.")
    ] = "journey",
    scale: Annotated[int, typer.Option(min=1, help="Multiplies the dataset.")] = 1,
    verify: Annotated[
        str, typer.Option(help="force: verify anew what is known to do equal work.")
    ] = "auto",
    rates: Annotated[
        str, typer.Option(help="Id of the run whose calibrated rates are offered again.")
    ] = "",
    resumed: Annotated[
        str, typer.Option("--resume", help="Id of an interrupted run that goes on.")
    ] = "",
    as_published: Annotated[
        bool,
        typer.Option(
            "--as-published",
            help="The published list handlers beside the contestants', on the list alone.",
        ),
    ] = False,
    source: SourceOption = "auto",
) -> None:
    """Measure the contestants and write a report."""
    config, known = load_config(), discovery.discover()
    if as_published:
        names = names or ",".join(discovery.exhibits(known))
        workload = workload or "list"
    if resumed:
        options = resume.options_of(resumed, config, known, terminal.source(source))
    else:
        chosen = config.profile(profile)
        options = Options(
            profile_name=profile,
            profile=chosen,
            services=discovery.with_bases(
                discovery.select(names, known, references=chosen.references)
            ),
            workload=workload,
            workloads=_blocks(workload, config, profile),
            seed=secrets.randbelow(2**31) if seed is None else seed,
            mix=_mix(mix),
            scale=scale,
            source=terminal.source(source),
            verify_anew=choice("way to verify", verify, ("auto", "force")) == "force",
            rates_of=rates or None,
        )
        options.require_served(config.load)
    with interruptible(), Display(console) as display:
        run = run_bench(options, config, display, _refresh)
    sys.exit(_conclude(run))


@commands.command("bench-paired")
def bench_paired(
    name: Annotated[str, typer.Argument(metavar="SERVICE", help="The contestant.")],
    at: Annotated[
        str, typer.Option("--base", help="The commit, branch or tag that it is held against.")
    ],
    profile: Annotated[str, typer.Option(help="How much is measured.")] = "standard",
    workload: Annotated[str, typer.Option(help="As of bench.")] = "",
    seed: Annotated[int | None, typer.Option(help="As of bench.")] = None,
    source: SourceOption = "auto",
) -> None:
    """Measure a contestant as it is beside what it was at another commit, block by block."""
    config, known = load_config(), discovery.discover()
    if name not in known:
        raise LabError(f"there is no service {name!r}", f"Choose from: {', '.join(known)}.")
    chosen, blocks = config.profile(profile), _blocks(workload, config, profile)
    commit = at_commit.resolve(at)
    with at_commit.beside(name, commit, known) as pair:
        options = Options(
            profile_name=profile,
            profile=chosen,
            services=pair,
            workload=workload,
            workloads=blocks,
            seed=secrets.randbelow(2**31) if seed is None else seed,
            mix="journey",
            scale=1,
            source=terminal.source(source),
            base=commit,
        )
        with interruptible(), Display(console) as display:
            run = run_bench(options, config, display, _refresh)
    status = _conclude(run)
    if run.trials:
        found = report.against_base(load_results(run.folder), *pair)
        for sentence in report.paired_sentences(found, *pair):
            say(sentence)
        status = status or (FAILED if report.is_worse(found) else 0)
    sys.exit(status)


def _blocks(chosen: str, config: Config, profile: str) -> dict[str, int]:
    """Workload -> blocks: of those that are chosen, else the profile's own."""
    own = config.profile(profile)
    words = {word.strip(): own.blocks for word in chosen.split(",") if word.strip()}
    words = words or own.workloads
    return {name: blocks for word, blocks in words.items() for name in workloads.expand([word])}


def _refresh(run: OngoingRun) -> None:
    """The report of what there is so far."""
    report.build(run.folder, timeline.read)
    run.point_latest()


def _conclude(run: OngoingRun) -> int:
    """Write the report, show its table and say where it is; the exit status."""
    if not run.trials:
        say(f"\nNothing was measured. What there is lies in {shown(run.folder)}")
        return INTERRUPTED if run.interrupted else FAILED
    results = report.build(run.folder, timeline.read)
    run.point_latest()
    console.print()
    console.print(report.terminal_table(results))
    for finding in results.findings:
        if finding.severity == "error":
            where = f" (trial {', '.join(map(str, finding.trials))})" if finding.trials else ""
            console.print(
                f"[red]{finding.code}[/]{where}: {escape(finding.cause)}", highlight=False
            )
    warnings = sum(finding.severity == "warning" for finding in results.findings)
    if warnings:
        say(f"The report explains {warnings} warning{'s' if warnings > 1 else ''}.")
    say(f"Report: {shown(run.folder / 'report.html')}")
    if run.interrupted:
        say("Interrupted: the report holds what was measured until then.")
        return INTERRUPTED
    return 0 if derive.passed(results) else FAILED


def _mix(value: str) -> Mix:
    return cast(Mix, choice("mix", value, get_args(Mix)))
