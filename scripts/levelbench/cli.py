"""The commands, each a few lines."""

import json
import os
import secrets
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, NoReturn, cast, get_args

import typer
from rich.console import Console
from rich.markup import escape

from levelbench import (
    automation,
    base,
    comparing,
    derive,
    doctor,
    images,
    interruption,
    projects,
    report,
    resume,
    services,
    sidebyside,
    stack,
    verification,
    workloads,
)
from levelbench.bench import bench as run_bench
from levelbench.config import REPORTS, Config, load_config
from levelbench.engine import PROJECT_PREFIX, Engine
from levelbench.errors import LabError
from levelbench.options import Options
from levelbench.progress import Display
from levelbench.results import load_results
from levelbench.run import OngoingRun
from levelbench.words import Mix

FAILED, WRONG_USE, INTERRUPTED = 1, 2, 130

app = typer.Typer(
    help="A reproducible benchmark lab for Python web frameworks.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
app.add_typer(automation.commands)
app.add_typer(comparing.commands)
console = Console(soft_wrap=True)

ServicesOption = Annotated[
    str, typer.Option("--services", help="Comma-separated names; all contestants by default.")
]
SourceOption = Annotated[
    str, typer.Option("--images", help="Where images come from: auto, registry or standin.")
]


def _say(message: str) -> None:
    console.print(message, highlight=False)


@contextmanager
def _interruptible() -> Iterator[None]:
    """SIGTERM ends a command as Ctrl-C does; one that has nothing to show for it says so."""
    try:
        with interruption.terminable():
            yield
    except KeyboardInterrupt:
        print("levelbench: interrupted", file=sys.stderr)
        sys.exit(INTERRUPTED)


def _choice(name: str, value: str, known: tuple[str, ...]) -> str:
    if value not in known:
        raise LabError(f"there is no {name} {value!r}", f"Choose one of: {', '.join(known)}.")
    return value


def _source(value: str) -> images.Source:
    return cast(images.Source, _choice("source of images", value, get_args(images.Source)))


def _mix(value: str) -> Mix:
    return cast(Mix, _choice("mix", value, get_args(Mix)))


@app.command()
def bench(
    names: ServicesOption = "",
    profile: Annotated[str, typer.Option(help="How much is measured.")] = "quick",
    workload: Annotated[
        str,
        typer.Option(
            help=f"What load is put on, comma-separated: {', '.join(workloads.CHOICES)}; "
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
    config, known = load_config(), services.discover()
    if as_published:
        names = names or ",".join(services.exhibits(known))
        workload = workload or "list"
    if resumed:
        options = resume.options_of(resumed, config, known, _source(source))
    else:
        chosen = config.profile(profile)
        options = Options(
            profile_name=profile,
            profile=chosen,
            services=services.with_bases(
                services.select(names, known, references=chosen.references)
            ),
            workload=workload,
            workloads=_blocks(workload, config, profile),
            seed=secrets.randbelow(2**31) if seed is None else seed,
            mix=_mix(mix),
            scale=scale,
            source=_source(source),
            verify_anew=_choice("way to verify", verify, ("auto", "force")) == "force",
            rates_of=rates or None,
        )
        options.require_served(config.load)
    with _interruptible(), Display(console) as display:
        run = run_bench(options, config, display, _refresh)
    sys.exit(_conclude(run))


@app.command("bench-paired")
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
    config, known = load_config(), services.discover()
    if name not in known:
        raise LabError(f"there is no service {name!r}", f"Choose from: {', '.join(known)}.")
    chosen, blocks = config.profile(profile), _blocks(workload, config, profile)
    commit = base.resolve(at)
    with base.beside(name, commit, known) as pair:
        options = Options(
            profile_name=profile,
            profile=chosen,
            services=pair,
            workload=workload,
            workloads=blocks,
            seed=secrets.randbelow(2**31) if seed is None else seed,
            mix="journey",
            scale=1,
            source=_source(source),
            base=commit,
        )
        with _interruptible(), Display(console) as display:
            run = run_bench(options, config, display, _refresh)
    status = _conclude(run)
    if run.trials:
        found = report.against_base(load_results(run.folder), *pair)
        for sentence in report.paired_sentences(found, *pair):
            _say(sentence)
        status = status or (FAILED if report.is_slower(found) else 0)
    sys.exit(status)


def _blocks(chosen: str, config: Config, profile: str) -> dict[str, int]:
    """Workload -> blocks: of those that are chosen, else the profile's own."""
    own = config.profile(profile)
    words = {word.strip(): own.blocks for word in chosen.split(",") if word.strip()}
    words = words or own.workloads
    return {name: blocks for word, blocks in words.items() for name in workloads.expand([word])}


def _refresh(run: OngoingRun) -> None:
    """The report of what there is so far."""
    report.build(run.folder)
    run.point_latest()


def _conclude(run: OngoingRun) -> int:
    """Write the report, show its table and say where it is; the exit status."""
    if not run.trials:
        _say(f"\nNothing was measured. What there is lies in {_shown(run.folder)}")
        return INTERRUPTED if run.interrupted else FAILED
    results = report.build(run.folder)
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
        _say(f"The report explains {warnings} warning{'s' if warnings > 1 else ''}.")
    _say(f"Report: {_shown(run.folder / 'report.html')}")
    if run.interrupted:
        _say("Interrupted: the report holds what was measured until then.")
        return INTERRUPTED
    return 0 if derive.passed(results) else FAILED


def _shown(path: Path) -> str:
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)


@app.command()
def up(
    name: str,
    port: Annotated[int | None, typer.Option(help="Loopback port; 8000, or a free one.")] = None,
    source: SourceOption = "auto",
) -> None:
    """Bring one contestant up on the loopback interface; the last line is its base URL."""
    found = services.select(name, services.discover())
    for service in found.values():
        project = projects.up_project(service.name)
        with _interruptible():
            running = stack.up(service, project, _source(source), port, say=_say, watched=True)
        _say(f"{service.name} is up; `make down` removes it")
        print(running.endpoint.base_url)


@app.command()
def down() -> None:
    """Remove what `up` has started."""
    engine = Engine()
    for project in sorted(engine.projects()):
        if project.startswith(f"{PROJECT_PREFIX}{projects.UP}-"):
            engine.remove_project(project)
            _say(f"removed {project}")


@app.command()
def verify(names: ServicesOption = "", source: SourceOption = "auto") -> None:
    """Hold the contract and every rule of equal work against the services; no load figures."""
    chosen = services.select(names, services.discover(), references=True)
    with _interruptible(), Display(console) as display:
        found = verification.verify_all(chosen, load_config(), _source(source), display)
    console.print(report.ledger(found))
    _say(f"Ledger: {_shown(verification.write_report(found))}")
    sys.exit(0 if all(outcome.verified for outcome in found.values()) else FAILED)


@app.command("report")
def build_report(run: Annotated[str, typer.Argument(help="A run's id.")] = "latest") -> None:
    """Build a run's report again, from its folder alone."""
    folder = REPORTS / run
    if not folder.is_dir():
        raise LabError(f"there is no run {run!r} in {_shown(REPORTS)}", "`ls reports` shows them.")
    console.print(report.terminal_table(report.build(folder)))
    _say(f"Report: {_shown(folder / 'report.html')}")


@app.command("images")
def build_images(names: ServicesOption = "", source: SourceOption = "auto") -> None:
    """Make every image available: pull or build what is missing."""
    engine = Engine()
    base = images.ensure(engine, load_config().images, _source(source), _say)
    for service in services.select(names, services.discover(), references=True).values():
        _say(f"{service.name}: {images.build_service(engine, service, base.python, _say)}")


@app.command("doctor")
def examine(
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Say what this machine has and lacks for a trustworthy run."""
    # What it does meanwhile goes to the other stream: the first is for the result alone.
    with _interruptible(), Display(Console(stderr=True)) as display:
        checks = doctor.examine(load_config(), display.say)
    if as_json:
        print(doctor.to_json(checks))
    else:
        console.print(doctor.terminal_table(checks))
    sys.exit(doctor.exit_status(checks))


@app.command("list")
def list_services(
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Name the services."""
    found = services.discover()
    if as_json:
        print(json.dumps({name: service.spec.model_dump() for name, service in found.items()}))
        return
    for name, service in found.items():
        print(f"{name:<24} {service.spec.role:<12} {service.spec.display_name}")


@app.command()
def diff(a: str, b: str) -> None:
    """Show the sources of two services side by side."""
    sidebyside.print_diff(*sidebyside.pick(a, b, services.discover()), console)


@app.command()
def clean() -> None:
    """Remove every container, network, volume and image that the lab has made."""
    engine = Engine()
    for project in sorted(engine.projects()):
        engine.remove_project(project)
        _say(f"removed {project}")
    for tag in sorted(engine.lab_images()):
        engine.remove_image(tag)
        _say(f"removed {tag}")


def main() -> NoReturn:
    """Run a command; what goes wrong is one line and exit status 2."""
    os.umask(0o022)
    try:
        app()
    except LabError as error:
        for line in getattr(error, "output", ()):
            print(f"  | {line}", file=sys.stderr)
        Console(stderr=True, soft_wrap=True).print(
            f"levelbench: {error}", markup=False, highlight=False
        )
        sys.exit(WRONG_USE)
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
    except BrokenPipeError:  # whoever read the output has gone, `| head` for one
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(FAILED)
    sys.exit(0)
