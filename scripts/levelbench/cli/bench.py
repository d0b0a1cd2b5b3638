"""Commands that measure: `bench`, `bench-paired` and `sweep`."""

import secrets
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from levelbench import report
from levelbench.analysis import derive
from levelbench.analysis.two_runs import counted as counted_pair
from levelbench.analysis.two_runs.paired import judge
from levelbench.analysis.two_runs.state import EXIT_STATUS
from levelbench.bench import precision as precision_target
from levelbench.bench import resume
from levelbench.bench.bench import bench as run_bench
from levelbench.bench.count import count as counting
from levelbench.bench.options import Options
from levelbench.bench.run import OngoingRun
from levelbench.cli import options as cli
from levelbench.cli.conclusion import findings_lines
from levelbench.cli.count import conclude as conclude_count
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
from levelbench.contestants import at_commit, discovery, selection
from levelbench.contestants import sweep as sweeps
from levelbench.contestants.discovery import Service
from levelbench.errors import LabError
from levelbench.model import workloads
from levelbench.model.config import Config, load_config
from levelbench.model.files import write_atomic
from levelbench.model.finding import Finding
from levelbench.model.folder import load_run
from levelbench.model.results import Results, load_results
from levelbench.model.run import Precision
from levelbench.progress import Display
from levelbench.report import paired
from levelbench.report import sweep as swept
from levelbench.report.counted import sentences as counted_sentences

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
    precision: cli.Precision = None,
    resumed: cli.Resume = "",
    as_published: cli.AsPublished = False,
    source: cli.Images = "auto",
) -> None:
    """Measure the contestants and write a report."""
    config, known = load_config(), discovery.discover()
    if resumed:
        options = resume.options_of(run_name(resumed), config, known, source)
        sys.exit(_conclude(_run(options, config)))
    if as_published:
        names, workload = (
            names or ",".join(selection.with_role("exhibit", known)),
            workload or "list",
        )
    chosen = config.profile(profile)
    selected = selection.select(names, known, references=chosen.references)
    services, blocks = selection.with_bases(selected), _blocks(workload, config, profile)
    aim = _aim(precision, blocks, services, config, profile)
    options = Options(
        profile_name=profile,
        profile=chosen,
        services=services,
        workload=workload,
        workloads=_with_looks(blocks, aim),
        seed=_seed(seed),
        mix=mix,
        scale=scale,
        arrivals=arrivals,
        source=source,
        verify_anew=verify == "force",
        rates_of=run_name(rates) or None,
        precision=aim,
    )
    options.require_served(config.load)
    options.require_arrivals()
    sys.exit(_conclude(_run(options, config)))


@commands.command("bench-paired", rich_help_panel=MEASURE)
def bench_paired(
    name: cli.Service,
    ref: Annotated[
        str,
        typer.Option("--base", metavar="<ref>", help="Commit, branch or tag to compare with."),
    ],
    profile: cli.Profile = "paired",
    workload: cli.Workload = "",
    seed: cli.Seed = None,
    precision: cli.Precision = None,
    margin: cli.Margin = "5%",
    by: cli.By = "both",
    endpoints: cli.Endpoints = "",
    seeds: cli.Seeds = counting.SEEDS,
    markdown_file: cli.Markdown = None,
    source: cli.Images = "auto",
) -> None:
    """Compare a contestant with itself at another commit: instructions, then time.

    Exit status 1: more instructions, or slower; 0: neither; 3: undecided.
    """
    tolerated = cli.percentage("--margin", margin)
    counted = cli.endpoints(endpoints)
    config, known = load_config(), discovery.discover()
    one_service(name, known)
    chosen, blocks = config.profile(profile), _blocks(workload, config, profile)
    commit = at_commit.resolve(ref)
    outcomes: list[Outcome] = []
    with at_commit.with_base(name, commit, known) as pair:
        aim = _aim(precision, blocks, pair, config, profile) if by != "instructions" else None
        if by != "time":
            asked = counting.Options(pair, source, seeds, endpoints=counted, base_commit=commit)
            outcomes.append(_count(asked, config))
        if by == "instructions" or INTERRUPTED in [one.status for one in outcomes]:
            _end(outcomes, markdown_file)
        options = Options(
            profile_name=profile,
            profile=chosen,
            services=pair,
            workload=workload,
            workloads=_with_looks(blocks, aim),
            seed=_seed(seed),
            mix="journey",
            scale=1,
            source=source,
            base_commit=commit,
            precision=aim,
        )
        run = _run(options, config)
    outcomes.append(_timed(run, name, tolerated))
    _end(outcomes, markdown_file)


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
    asked = sweeps.of(one_service(name, known), over, known)
    chosen, blocks = config.profile(profile), _blocks(workload, config, profile)
    if alone := [word for word in blocks if workloads.of(word).alone]:
        raise LabError(
            f"a sweep has no best value over the isolated endpoints of {alone[0]}",
            "Choose WORKLOAD=closed, list, open or capacity.",
        )
    services = sweeps.line_up(asked, known)
    together, twin = chosen.slices > 1, chosen.control
    sweeps.require_connections(services.values(), together=together, twin=twin)
    options = Options(
        profile_name=profile,
        profile=chosen,
        services=services,
        workload=workload,
        workloads=blocks,
        seed=_seed(seed),
        mix=mix,
        scale=1,
        source=source,
        rates_of=run_name(rates) or None,
        sweep=asked,
    )
    sys.exit(_conclude(_run(options, config)))


@dataclass(frozen=True)
class Outcome:
    """What a comparison of head with base ends with."""

    status: int
    markdown: str


def _count(options: counting.Options, config: Config) -> Outcome:
    """Count head and base; print what the counts decide."""
    with interruptible(), Display(console) as display:
        run = counting.count(options, config, display)
    status, results = conclude_count(run)
    found = results.paired_instructions
    assert found is not None
    for sentence in counted_sentences(results, found):
        say(sentence)
    text = paired.counts_to_markdown(results, found)
    return Outcome(status or counted_pair.EXIT_STATUS[found.state], text)


def _timed(run: OngoingRun, name: str, tolerated: float) -> Outcome:
    """Print what the trials of head and base decide."""
    status = _conclude(run)
    if not run.trials:
        return Outcome(status, "")
    results = load_results(run.folder)
    found = judge(results, name, name + at_commit.SUFFIX, tolerated)
    for sentence in paired.sentences(results, found):
        say(sentence)
    return Outcome(status or EXIT_STATUS[found.state], paired.to_markdown(results, found))


def _end(outcomes: Sequence[Outcome], markdown_file: Path | None) -> NoReturn:
    """Write the outcomes and exit with the status of the worst: a failure or a regression, then
    an undecided comparison."""
    texts = [outcome.markdown for outcome in outcomes if outcome.markdown]
    if markdown_file and texts:
        write_atomic(markdown_file, "\n".join(texts))
    statuses = {outcome.status for outcome in outcomes}
    worst = (INTERRUPTED, FAILED, EXIT_STATUS["undecided"])
    sys.exit(next((status for status in worst if status in statuses), 0))


def _blocks(chosen: str, config: Config, profile: str) -> dict[str, int]:
    """Workload -> blocks: the chosen workloads, else the profile's own."""
    own = config.profile(profile)
    words = {word.strip(): own.blocks for word in chosen.split(",") if word.strip()}
    if chosen and not words:
        raise LabError(
            f"{chosen!r} names no workload", f"Choose from: {', '.join(workloads.GROUPS)}."
        )
    words = words or own.workloads
    return {name: blocks for word, blocks in words.items() for name in workloads.expand([word])}


def _aim(
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


def _with_looks(blocks: Mapping[str, int], aim: Precision | None) -> dict[str, int]:
    """With a target, its workload has as many blocks as the last look."""
    return {**blocks, aim.workload: aim.looks[-1]} if aim else dict(blocks)


def _seed(given: int | None) -> int:
    return secrets.randbelow(2**31) if given is None else given


def _run(options: Options, config: Config) -> OngoingRun:
    with interruptible(), Display(console) as display:
        return run_bench(options, config, display, _refresh)


def _refresh(run: OngoingRun) -> None:
    """Keep the report up to date during a run."""
    _report(run)


def _report(run: OngoingRun) -> Results:
    """Build the report from the trials measured so far."""
    results = report.build(run.folder)
    run.point_latest()
    return results


def _conclude(run: OngoingRun) -> int:
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
    for sentence in swept.sentences(results):
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
