"""Commands that compare a contestant with itself: `bench-paired` and `bench-release`."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Literal, NoReturn

import typer

from levelbench.analysis.two_runs import counted as counted_pair
from levelbench.analysis.two_runs.paired import judge
from levelbench.analysis.two_runs.state import EXIT_STATUS
from levelbench.bench.count import count as counting
from levelbench.bench.options import Options
from levelbench.bench.run import OngoingRun
from levelbench.cli import bench
from levelbench.cli import options as cli
from levelbench.cli.count import conclude as conclude_count
from levelbench.cli.terminal import (
    FAILED,
    INTERRUPTED,
    console,
    interruptible,
    one_service,
    say,
)
from levelbench.contestants import at_commit, discovery, release, selection
from levelbench.contestants.service import Service
from levelbench.lab.images import Source
from levelbench.model.config import Config, load_config
from levelbench.model.files import write_atomic
from levelbench.model.release import Release
from levelbench.model.results import load_results
from levelbench.progress import Display
from levelbench.report import markdown, paired
from levelbench.report.counted import sentences as counted_sentences
from levelbench.report.release import sentences as release_sentences

commands = typer.Typer()
MEASURE = "Measure"


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
    asked = _Asked(
        profile, workload, seed, precision, tolerated, by, endpoints, seeds, markdown_file, source
    )
    known = discovery.discover()
    one_service(name, known)
    commit = at_commit.resolve(ref)
    with at_commit.with_base(name, commit, known) as pair:
        _compare(asked, pair, commit=commit)


@commands.command("bench-release", rich_help_panel=MEASURE)
def bench_release(
    package: Annotated[str, typer.Option(metavar="<name>", help="Package to compare.")],
    before: Annotated[
        str, typer.Option("--from", metavar="<version>", help="Its version in the base.")
    ],
    after: Annotated[
        str, typer.Option("--to", metavar="<version>", help="Its version in the head.")
    ],
    name: Annotated[
        str,
        typer.Option(
            "--service",
            metavar="<name>",
            help="Contestant that depends on it. Default: the one of which it is the framework.",
        ),
    ] = "",
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
    """Compare two releases of a package in a contestant: instructions, then time.

    Exit status 1: more instructions, or slower; 0: neither; 3: undecided.
    """
    tolerated = cli.percentage("--margin", margin)
    asked = _Asked(
        profile, workload, seed, precision, tolerated, by, endpoints, seeds, markdown_file, source
    )
    known = discovery.discover()
    service = one_service(name, known) if name else release.framework_of(package, known)
    with release.with_releases(service, package, before, after) as (pair, found):
        for sentence in release_sentences(found):
            say(sentence)
        _compare(asked, pair, compared=found)


@dataclass(frozen=True)
class _Asked:
    """The options that both commands have, as they were given."""

    profile: str
    workload: str
    seed: int | None
    precision: str | None
    margin: float
    by: Literal["instructions", "time", "both"]
    endpoints: str
    seeds: int
    markdown_file: Path | None
    source: Source


@dataclass(frozen=True)
class Outcome:
    """What a comparison of head with base ends with."""

    status: int
    markdown: str


def _compare(
    asked: _Asked,
    pair: dict[str, Service],
    *,
    commit: str | None = None,
    compared: Release | None = None,
) -> NoReturn:
    """Count head and base, then time them; exit with the status of the worse verdict."""
    config, counted = load_config(), cli.endpoints(asked.endpoints)
    if any(service.spec.is_guest for service in pair.values()):
        if asked.by == "instructions":
            selection.require_no_guest(pair.values(), "a count of instructions")
        asked = replace(asked, by="time")
    profile = config.profile(asked.profile)
    blocks = bench.blocks_of(asked.workload, config, asked.profile)
    aim = None
    if asked.by != "instructions":
        aim = bench.aim_of(asked.precision, blocks, pair, config, asked.profile)
    outcomes: list[Outcome] = []
    if asked.by != "time":
        options = counting.Options(
            pair,
            asked.source,
            asked.seeds,
            endpoints=counted,
            base_commit=commit,
            release=compared,
        )
        outcomes.append(_count(options, config))
    if asked.by != "instructions" and INTERRUPTED not in [one.status for one in outcomes]:
        timed = Options(
            profile_name=asked.profile,
            profile=profile,
            services=pair,
            workload=asked.workload,
            workloads=bench.with_looks(blocks, aim),
            seed=bench.seed_of(asked.seed),
            mix="journey",
            scale=1,
            source=asked.source,
            base_commit=commit,
            release=compared,
            precision=aim,
        )
        timed.require_served(config.load)
        outcomes.append(_timed(bench.run(timed, config), asked.margin))
    _end(outcomes, compared, asked.markdown_file)


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


def _timed(run: OngoingRun, tolerated: float) -> Outcome:
    """Print what the trials of head and base decide."""
    status = bench.conclude(run)
    if not run.trials:
        return Outcome(status, "")
    results = load_results(run.folder)
    head, base = run.record.services
    found = judge(results, head, base, tolerated)
    for sentence in paired.sentences(results, found):
        say(sentence)
    return Outcome(status or EXIT_STATUS[found.state], paired.to_markdown(results, found))


def _end(
    outcomes: Sequence[Outcome], compared: Release | None, markdown_file: Path | None
) -> NoReturn:
    """Write the outcomes and exit with the status of the worst: a failure or a regression, then
    an undecided comparison."""
    texts = [outcome.markdown for outcome in outcomes if outcome.markdown]
    if markdown_file and texts:
        texts += [f"{markdown.escape(text)}\n" for text in release_sentences(compared)]
        write_atomic(markdown_file, "\n".join(texts))
    statuses = {outcome.status for outcome in outcomes}
    worst = (INTERRUPTED, FAILED, EXIT_STATUS["undecided"])
    sys.exit(next((status for status in worst if status in statuses), 0))
