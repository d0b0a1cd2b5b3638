"""Commands that measure contestants: `bench` and `sweep`."""

import secrets
import sys
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import replace

import typer

from levelbench import report
from levelbench.analysis import derive
from levelbench.bench import precision as precision_target
from levelbench.bench import resume
from levelbench.bench.bench import bench as run_bench
from levelbench.bench.options import Options
from levelbench.bench.run import OngoingRun
from levelbench.cli import options as cli
from levelbench.cli.conclusion import findings_lines
from levelbench.cli.live import served
from levelbench.cli.nightly import series
from levelbench.cli.terminal import (
    FAILED,
    INTERRUPTED,
    console,
    interruptible,
    one_service,
    run_name,
    say,
    show,
    shown,
    working,
)
from levelbench.contestants import discovery, selection
from levelbench.contestants import sweep as sweeps
from levelbench.contestants.service import Service
from levelbench.errors import LabError
from levelbench.model import workloads
from levelbench.model.capacity import Objective
from levelbench.model.config import Config, load_config
from levelbench.model.finding import Finding
from levelbench.model.folder import load_run
from levelbench.model.results import Results
from levelbench.model.run import Precision
from levelbench.progress import Display
from levelbench.report import size as sized
from levelbench.report import sweep as swept

commands = typer.Typer()
MEASURE = "Measure"


@commands.command(rich_help_panel=MEASURE)
def bench(
    names: cli.Services = "",
    profile: cli.Profile = "quick",
    workload: cli.Workload = "",
    seed: cli.Seed = None,
    mix: cli.MixChoice = "journey",
    scale: cli.Scale = 1,
    arrivals: cli.ArrivalsChoice = "even",
    verify: cli.Verify = "auto",
    rates: cli.Rates = "",
    objective: cli.ObjectiveText = "",
    rate: cli.Rate = None,
    precision: cli.Precision = None,
    resumed: cli.Resume = "",
    live: cli.Live = 0,
    as_published: cli.AsPublished = False,
    source: cli.Images = "auto",
) -> None:
    """Measure the contestants and write a report."""
    config, known = load_config(), discovery.discover()
    if resumed:
        options = resume.options_of(run_name(resumed), config, known, source)
        sys.exit(conclude(run(replace(options, live=bool(live)), config)))
    if as_published:
        names, workload = (
            names or ",".join(selection.with_role("exhibit", known)),
            workload or "list",
        )
    chosen = config.profile(profile)
    selected = selection.select(names, known, references=chosen.references)
    services, blocks = selection.with_bases(selected), blocks_of(workload, config, profile)
    aim = aim_of(precision, blocks, services, config, profile)
    options = Options(
        profile_name=profile,
        profile=chosen,
        services=services,
        workload=workload,
        workloads=with_looks(blocks, aim),
        seed=seed_of(seed),
        mix=mix,
        scale=scale,
        arrivals=arrivals,
        source=source,
        verify_anew=verify == "force",
        rates_of=run_name(rates) or None,
        objective=Objective.parse(objective, config.limits.error_rate_max) if objective else None,
        rate_rps=rate,
        precision=aim,
        live=bool(live),
    )
    options.require_loads()
    options.require_alone()
    options.require_served(config.load)
    options.require_arrivals()
    sys.exit(conclude(run(options, config)))


@commands.command(rich_help_panel=MEASURE)
def sweep(
    name: cli.Service,
    over: cli.Over,
    profile: cli.Profile = "standard",
    workload: cli.Workload = "",
    seed: cli.Seed = None,
    mix: cli.MixChoice = "journey",
    rates: cli.Rates = "",
    source: cli.Images = "auto",
) -> None:
    """Measure a contestant at several values of one setting, in the same rounds."""
    config, known = load_config(), discovery.discover()
    selection.require_no_guest([one_service(name, known)], "a sweep")
    asked = sweeps.of(known[name], over, known)
    chosen, blocks = config.profile(profile), blocks_of(workload, config, profile)
    if alone := [word for word in blocks if workloads.of(word).alone]:
        raise LabError(
            f"a sweep has no best value over the isolated endpoints of {alone[0]}",
            "Choose WORKLOAD=closed, list, open or capacity.",
        )
    if "fixed" in blocks:
        raise LabError("a sweep has no given rate", "Choose WORKLOAD=open.")
    services = sweeps.line_up(asked, known)
    together, twin = chosen.slices > 1, chosen.control
    sweeps.require_connections(services.values(), together=together, twin=twin)
    options = Options(
        profile_name=profile,
        profile=chosen,
        services=services,
        workload=workload,
        workloads=blocks,
        seed=seed_of(seed),
        mix=mix,
        scale=1,
        source=source,
        rates_of=run_name(rates) or None,
        sweep=asked,
    )
    sys.exit(conclude(run(options, config)))


def blocks_of(chosen: str, config: Config, profile: str) -> dict[str, int]:
    """Workload -> blocks: the chosen workloads, else the profile's own."""
    own = config.profile(profile)
    words = {word.strip(): own.blocks for word in chosen.split(",") if word.strip()}
    if chosen and not words:
        raise LabError(
            f"{chosen!r} names no workload", f"Choose from: {', '.join(workloads.GROUPS)}."
        )
    words = words or own.workloads
    return {name: blocks for word, blocks in words.items() for name in workloads.expand([word])}


def aim_of(
    given: str | None,
    blocks: Mapping[str, int],
    services: Mapping[str, Service],
    config: Config,
    profile: str,
) -> Precision | None:
    """The precision target: as given, else the profile's own where it can be reached."""
    if given is not None:
        target = cli.percentage("--precision", given)
        return precision_target.of(target, blocks, services, config.statistics)
    own = config.profile(profile).precision
    if own is None:
        return None
    try:
        return precision_target.of(own, blocks, services, config.statistics)
    except LabError:  # of a choice that has no such ratios
        return None


def with_looks(blocks: Mapping[str, int], aim: Precision | None) -> dict[str, int]:
    """With a target, its workload has as many blocks as the last look."""
    return {**blocks, aim.workload: aim.looks[-1]} if aim else dict(blocks)


def seed_of(given: int | None) -> int:
    """The seed as given, or a random one."""
    return secrets.randbelow(2**31) if given is None else given


def run(options: Options, config: Config) -> OngoingRun:
    """Run a bench with the display in the terminal and a report that grows with it."""
    with interruptible(), Display(console) as display, ExitStack() as page:
        begun = page.enter_context(served(display)).begun if options.live else _unwatched
        return run_bench(options, config, display, _refresh, begun)


def _unwatched(run: OngoingRun) -> None:
    """No page shows the run."""


def _refresh(run: OngoingRun) -> None:
    """Keep the report up to date during a run."""
    _report(run)


def _report(run: OngoingRun) -> Results:
    """Build the report from the trials measured so far."""
    results = report.build(run.folder)
    run.point_latest()
    return results


def conclude(run: OngoingRun) -> int:
    """Print the results, the findings and the report's path at the end of a run; exit status."""
    if not run.trials:
        _print_findings(run.record.findings)
        say(f"\nNothing was measured. The folder of the run: {shown(run.folder)}")
        return INTERRUPTED if run.interrupted else FAILED
    with working("building the report"):
        if run.record.status == "complete":
            series.record_since(run.folder, run.folder.parent)
        results = _report(run)
    console.print()
    show(report.terminal_table(results, load_run(run.folder)))
    for sentence in (*sized.sentences(results), *swept.sentences(results)):
        say(sentence)
    _print_findings(results.findings)
    say(f"Report: {shown(run.folder / 'report.html')}")
    if run.interrupted:
        say("Interrupted: the report contains what was measured until then.")
        return INTERRUPTED
    return 0 if derive.passed(results) else FAILED


def _print_findings(findings: tuple[Finding, ...]) -> None:
    for line in findings_lines(findings, console.width):
        show(line)
