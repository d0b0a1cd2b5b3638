"""Count: the pipeline of a run that counts instructions, two contestants at a time.

Other load on the machine changes times, not counts, so that nothing has to be quiet.
"""

from collections.abc import Collection, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from levelbench import interruption
from levelbench.analysis.two_runs import counted as two_sides
from levelbench.bench import resume
from levelbench.bench.count import starts
from levelbench.bench.count.starts import Starts
from levelbench.bench.lineup import LineUp
from levelbench.bench.run import OngoingRun, describe, recorded
from levelbench.contestants.service import Service
from levelbench.errors import LabError
from levelbench.lab import engines, sites, up
from levelbench.lab.dataset import generate
from levelbench.lab.images import Source
from levelbench.lab.lab import Lab
from levelbench.model.config import REPORTS, Config
from levelbench.model.count import Counting, load_counts
from levelbench.model.files import require_writable
from levelbench.model.folder import load_run
from levelbench.model.release import Release
from levelbench.model.run import RunArguments, RunRecord
from levelbench.model.vocabulary import ENDPOINTS, Endpoint
from levelbench.progress import Display

PROFILE = "count"
"""What the record of such a run has in place of a profile."""
SEEDS = 8
SEEDS_OF_MANY = 3
"""Of more than two services, so that a count of all core contestants ends in ten minutes. Measured:
a start takes 40 to 50 s of CPU time."""
WARMUP: Mapping[Endpoint, int] = {"register": 2, "login": 2, "list": 60, "detail": 60, "task": 60}
"""Uncounted. Measured: after 40, FastAPI's list still falls by 0.3% in 12 more requests."""
REQUESTS: Mapping[Endpoint, int] = {"register": 1, "login": 1, "list": 5, "detail": 10, "task": 10}
"""Of each dump."""
DUMPS = 5
"""Of which the median counts. Measured: a full garbage collection falls into one of six and adds up
to 2%; dumps without one differ by 0.1 to 0.2%."""
DUMPS_HASHING = 3
"""Of `register` and `login`, where single dumps deviate by 0.02%: nearly all of it is the hash."""


@dataclass(frozen=True)
class Options:
    """What to count."""

    services: dict[str, Service]
    source: Source = "auto"
    seeds: int = SEEDS
    reports: Path = REPORTS
    endpoints: tuple[Endpoint, ...] = ENDPOINTS
    base_commit: str | None = None
    """Of a contestant that is compared with itself at another commit."""
    release: Release | None = None
    """Of a contestant that is compared with itself, with another version of a package."""
    resumed: str | None = None
    """Id of the interrupted run to resume; None: a new one."""

    @property
    def counting(self) -> Counting:
        return Counting(
            seeds=tuple(range(self.seeds)),
            warmup={name: WARMUP[name] for name in self.endpoints},
            requests={name: REQUESTS[name] for name in self.endpoints},
            dumps=DUMPS,
            dumps_hashing=DUMPS_HASHING,
            hashing_last=True,
            packages=self.base_commit is None and self.release is None,
        )


def default_seeds(services: Collection[str]) -> int:
    """Hash seeds where none are asked for."""
    return SEEDS if len(services) <= 2 else SEEDS_OF_MANY


def options_of(
    run_id: str, services: Mapping[str, Service], source: Source, reports: Path = REPORTS
) -> Options:
    """The options of an interrupted count. Raises LabError for one that cannot be resumed."""
    record = resume.unfinished(reports, run_id)
    plan = record.counting
    if plan is None:
        raise LabError(f"run {run_id} counts no instructions", f"`make bench RESUME={run_id}`")
    resume.require_present(record, record.services.keys(), services)
    return Options(
        services={name: services[name] for name in record.services},
        source=source,
        seeds=len(plan.seeds),
        reports=reports,
        endpoints=tuple(plan.requests),
        base_commit=record.choices.base,
        resumed=(reports / run_id).resolve().name,
    )


def count(options: Options, config: Config, display: Display) -> OngoingRun:
    """Count, and leave the counts in the run's folder.

    Ctrl-C or SIGTERM ends it early and keeps what was counted. Raises LabError when nothing can be
    counted.
    """
    require_writable(options.reports / (options.resumed or ""))
    with engines.reserved(
        config, options.source, display.say, options.services.values(), timed=False
    ) as place:
        labs = [
            Lab(
                place.engine,
                config,
                place.topology,
                place.images,
                sites.count_site(own),
                up.free_port(preferred=0),
                instrumented=True,
            )
            for own in range(starts.TOGETHER)
        ]
        run = (
            resume.reopen(options.reports / options.resumed, options.services, labs[0])
            if options.resumed
            else _create(options, labs[0])
        )
        with interruption.terminable():
            _run_to_an_end(labs, run, options, display)
    return run


def _create(options: Options, lab: Lab) -> OngoingRun:
    started = datetime.now(UTC)
    run_id = f"{started:%Y%m%d-%H%M%S}-{PROFILE}"
    record = RunRecord(
        run_id=run_id,
        profile=PROFILE,
        seed=0,
        status="partial",
        publishable=True,
        started_at=started,
        plan=(),
        environment=describe(lab),
        services={name: recorded(service) for name, service in options.services.items()},
        choices=RunArguments(
            workloads={},
            mix="journey",
            scale=1,
            base=options.base_commit,
            release=options.release,
        ),
        workloads={},
        counting=options.counting,
        statistics=lab.config.statistics,
    )
    folder = options.reports / run_id
    folder.mkdir(parents=True)
    run = OngoingRun(folder, record)
    run.save()
    return run


def _run_to_an_end(
    labs: Sequence[Lab], run: OngoingRun, options: Options, display: Display
) -> None:
    try:
        _run_all(labs, run, options, display)
    except KeyboardInterrupt:
        run.interrupted = True
    except resume.ResumeError:
        run.restore()
        raise
    except LabError as error:
        if not load_counts(run.folder):
            raise
        run.ended_early(labs[0].secrets.redact(error.cause), error.remedy)
    finally:
        with interruption.ignored(), ExitStack() as last:
            last.callback(run.finished)
            for lab in labs:
                last.callback(lab.down)
            display.say("removing the containers")


def _run_all(labs: Sequence[Lab], run: OngoingRun, options: Options, display: Display) -> None:
    lineup = LineUp(labs[0], run, display)
    built = lineup.build(options.services)
    rows = generate(labs[0].config.dataset)
    verified = lineup.verify(built, rows, 1, force=False)
    lineup.complete()
    contestants = [one for one in built if one.name in verified]
    if not contestants:
        raise LabError("no contestant can be counted", "The lines above say why.")
    Starts(labs, run, rows, display).count(contestants)
    if more := _more_seeds(run):
        display.say(f"hash seeds deviate by more than {two_sides.DEVIATION_MAX:.1%}: as many again")
        run.extended(more)
        for lab in labs:
            lab.down()
        Starts(labs, run, rows, display).count(contestants)
    run.completed()


def _more_seeds(run: OngoingRun) -> Counting | None:
    """The plan with twice the seeds, where those of a head and its base deviate too much; else
    None. Deviations alone decide it, never the sign or the size of a change."""
    plan, found = run.record.counting, two_sides.of_run(load_run(run.folder))
    if plan is None or found is None:
        return None
    deciding = [change.steady or change for change in found.endpoints.values()]
    if not any(one.deviation > two_sides.DEVIATION_MAX for one in deciding):
        return None
    return Counting(**{**dict(plan), "seeds": tuple(range(2 * len(plan.seeds)))})
