"""Count: the pipeline of a run that counts instructions, two contestants at a time.

Other load on the machine changes times, not counts, so that nothing has to be quiet.
"""

import threading
import time
from collections import deque
from collections.abc import Collection, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from rich.markup import escape

from levelbench import interruption
from levelbench.analysis.two_runs import counted as two_sides
from levelbench.bench import resume
from levelbench.bench.count import start
from levelbench.bench.lineup import LineUp
from levelbench.bench.run import OngoingRun, describe, recorded
from levelbench.contestants.discovery import Service
from levelbench.errors import LabError
from levelbench.lab import engines, images, prepare, sites, up
from levelbench.lab.dataset import Rows, generate
from levelbench.lab.images import Source
from levelbench.lab.lab import Contestant, Lab
from levelbench.lab.site import EngineGoneError
from levelbench.model.config import REPORTS, Config
from levelbench.model.count import (
    FOLDER,
    PACKAGES_FOLDER,
    Counting,
    CountRecord,
    load_counts,
    load_packages,
)
from levelbench.model.files import require_writable, save
from levelbench.model.folder import load_run
from levelbench.model.run import RunArguments, RunRecord
from levelbench.model.vocabulary import ENDPOINTS, Endpoint
from levelbench.progress import Display, clock_text

PROFILE = "count"
"""What the record of such a run has in place of a profile."""
SEEDS = 8
SEEDS_OF_MANY = 3
"""Of more than two services, so that a count of all core contestants ends in ten minutes. Measured:
a start takes 40 to 50 s of CPU time."""
BY_PACKAGE = -1
"""In place of a hash seed: the start that counts by package."""
TOGETHER = 2
"""Contestants that are counted at the same time, each with servers of its own."""
WARMUP: Mapping[Endpoint, int] = {"register": 4, "login": 4, "list": 60, "detail": 60, "task": 60}
"""Uncounted. Measured: after 40, FastAPI's list still falls by 0.3% in 12 more requests."""
REQUESTS: Mapping[Endpoint, int] = {"register": 1, "login": 1, "list": 5, "detail": 10, "task": 10}
"""Of each dump."""
DUMPS = 5
"""Of which the median counts. Measured: a full garbage collection falls into one of six and adds up
to 2%; dumps without one differ by 0.1 to 0.2%."""


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
    resumed: str | None = None
    """Id of the interrupted run to resume; None: a new one."""

    @property
    def counting(self) -> Counting:
        return Counting(
            seeds=tuple(range(self.seeds)),
            warmup={name: WARMUP[name] for name in self.endpoints},
            requests={name: REQUESTS[name] for name in self.endpoints},
            dumps=DUMPS,
            packages=self.base_commit is None,
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


@dataclass
class _Progress:
    """Starts that are left and done, and the contestants that failed; of all threads."""

    jobs: deque[tuple[Contestant, str, tuple[int, ...]]]
    """Contestant, the id of its image, hash seeds."""
    total: int
    begun_s: float = field(default_factory=time.monotonic)
    done: int = 0
    stopped: threading.Event = field(default_factory=threading.Event)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def counted(self) -> str:
        """`3/16`, after one more start."""
        with self.lock:
            self.done += 1
            return f"{self.done}/{self.total}"

    @property
    def left_text(self) -> str:
        """`, 3:20 left`, from what the starts took so far."""
        if not self.done or self.done == self.total:
            return ""
        spent_s = time.monotonic() - self.begun_s
        return f", {clock_text(spent_s * (self.total - self.done) / self.done)} left"


class _StoppedError(LabError):
    """The run was interrupted."""


def count(options: Options, config: Config, display: Display) -> OngoingRun:
    """Count, and leave the counts in the run's folder.

    Ctrl-C or SIGTERM ends it early and keeps what was counted. Raises LabError when nothing can be
    counted.
    """
    require_writable(options.reports / (options.resumed or ""))
    with engines.reserved(
        config, options.source, display.say, options.services.values(), timed=False
    ) as place:
        ports = [up.free_port(preferred=0) for _ in range(TOGETHER)]
        labs = [
            Lab(
                place.engine,
                config,
                place.topology,
                place.images,
                sites.count_site(own),
                port,
                instrumented=True,
            )
            for own, port in enumerate(ports)
        ]
        run = (
            resume.reopen(options.reports / options.resumed, options.services, labs[0])
            if options.resumed
            else _create(options, labs[0])
        )
        with interruption.terminable():
            _run_to_an_end(labs, ports, run, options, display)
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
        choices=RunArguments(workloads={}, mix="journey", scale=1, base=options.base_commit),
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
    labs: Sequence[Lab], ports: Sequence[int], run: OngoingRun, options: Options, display: Display
) -> None:
    try:
        _run_all(labs, ports, run, options, display)
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


def _run_all(
    labs: Sequence[Lab], ports: Sequence[int], run: OngoingRun, options: Options, display: Display
) -> None:
    lineup = LineUp(labs[0], run, display)
    built = lineup.build(options.services)
    rows = generate(labs[0].config.dataset)
    verified = lineup.verify(built, rows, 1, force=False)
    lineup.complete()
    contestants = [one for one in built if one.name in verified]
    if not contestants:
        raise LabError("no contestant can be counted", "The lines above say why.")
    _count_missing(labs, ports, run, contestants, rows, options, display)
    if more := _more_seeds(run):
        display.say(f"hash seeds deviate by more than {two_sides.DEVIATION_MAX:.1%}: as many again")
        run.extended(more)
        for lab in labs:
            lab.down()
        _count_missing(labs, ports, run, contestants, rows, options, display)
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


def _count_missing(
    labs: Sequence[Lab],
    ports: Sequence[int],
    run: OngoingRun,
    contestants: Sequence[Contestant],
    rows: Rows,
    options: Options,
    display: Display,
) -> None:
    progress = _progress(labs[0], contestants, run, display)
    display.say(
        f"counting {progress.total} starts, {len(labs)} at a time: each warms up and runs "
        f"{options.counting.dumps * sum(options.counting.requests.values())} counted requests"
    )
    with ThreadPoolExecutor(len(labs)) as threads:
        futures = [
            threads.submit(_work, lab, port, run, rows, progress, display)
            for lab, port in zip(labs, ports, strict=True)
        ]
        _wait(futures, labs, progress)


def _progress(
    lab: Lab, contestants: Sequence[Contestant], run: OngoingRun, display: Display
) -> _Progress:
    """The starts of all contestants that are missing. A single one's are split between the
    threads."""
    plan = run.record.counting
    assert plan is not None
    done = {(count.service, count.seed) for count in load_counts(run.folder)}
    done |= {(count.service, BY_PACKAGE) for count in load_packages(run.folder)}
    starts = (*plan.seeds, *([BY_PACKAGE] if plan.packages else []))
    missing = {
        one.name: tuple(seed for seed in starts if (one.name, seed) not in done)
        for one in contestants
    }
    left = [one for one in contestants if missing[one.name]]
    threads = 1 if len(left) > 1 else TOGETHER
    jobs: deque[tuple[Contestant, str, tuple[int, ...]]] = deque()
    for contestant in left:
        seeds = missing[contestant.name]
        parts = [seeds[own::threads] for own in range(threads)]
        identity = lab.engine.image(contestant.image)
        image = images.build_instrumented(lab.engine, contestant.image, "count", display.say)
        own = Contestant(contestant.service, image)
        jobs.extend((own, identity.id if identity else "", part) for part in parts if part)
    return _Progress(jobs, sum(map(len, missing.values())))


def _wait(futures: Sequence[Future[None]], labs: Sequence[Lab], progress: _Progress) -> None:
    """Wait for the threads; on an interruption, remove what they wait for."""
    try:
        wait(futures)
    except KeyboardInterrupt:
        progress.stopped.set()
        with interruption.ignored():
            for lab in labs:
                lab.down()
        raise
    for future in futures:
        future.result()


def _work(
    lab: Lab, port: int, run: OngoingRun, rows: Rows, progress: _Progress, display: Display
) -> None:
    """Count one contestant after the other, until none is left."""
    try:
        lab.start()
        while not progress.stopped.is_set():
            try:
                job = progress.jobs.popleft()
            except IndexError:
                return
            _count(lab, port, run, rows, progress, display, *job)
    except LabError:
        if not progress.stopped.is_set():
            raise


def _count(
    lab: Lab,
    port: int,
    run: OngoingRun,
    rows: Rows,
    progress: _Progress,
    display: Display,
    contestant: Contestant,
    image: str,
    seeds: Sequence[int],
) -> None:
    """All starts of one contestant. One that cannot be counted is left out with the reason."""
    plan = run.record.counting
    assert plan is not None

    def say(what: str) -> None:
        if progress.stopped.is_set():
            raise _StoppedError("interrupted")
        display.step(f"{contestant.name}: {what}")

    try:
        say("preparing its database")
        template = prepare.prepare_database(lab, contestant, rows)
        lab.database.freeze(template)
        url = f"http://127.0.0.1:{port}"
        for seed in seeds:
            if seed == BY_PACKAGE:
                say("starting to count by package")
                _by_package(lab, contestant, template, image, url, run, say, progress, display)
                continue
            say(f"starting with hash seed {seed}")
            found = start.count(lab, contestant, template, image, url, plan, seed, say)
            _keep(run, found, progress, display)
    except LabError as error:
        if progress.stopped.is_set() or isinstance(error, EngineGoneError):
            raise
        failure = lab.secrets.redact(f"its instructions could not be counted: {error}")
        with progress.lock:
            display.say(f"[red]{contestant.name} is left out[/]: {escape(failure)}")
            run.left_out(contestant.name, failure)


def _by_package(
    lab: Lab,
    contestant: Contestant,
    template: str,
    image: str,
    url: str,
    run: OngoingRun,
    say: start.Say,
    progress: _Progress,
    display: Display,
) -> None:
    """The start that counts by package. Without it layers are those of shared objects."""
    plan = run.record.counting
    assert plan is not None
    try:
        found = start.count_packages(
            lab, contestant, template, image, url, plan, plan.seeds[0], say
        )
    except LabError as error:
        if progress.stopped.is_set() or isinstance(error, EngineGoneError):
            raise
        failure = escape(lab.secrets.redact(str(error)))
        display.say(f"{contestant.name} could not be counted by package: {failure}")
    else:
        save(run.folder / PACKAGES_FOLDER / found.file_name, found)
        display.say(f"{progress.counted()} {contestant.name}, by package{progress.left_text}")


def _keep(run: OngoingRun, found: CountRecord, progress: _Progress, display: Display) -> None:
    save(run.folder / FOLDER / found.file_name, found)
    shown = ", ".join(
        f"{endpoint} {min(d.instructions / d.requests for d in dumps) / 1e6:.2f}"
        for endpoint, dumps in found.endpoints.items()
    )
    which = f"{progress.counted()} {found.service}, hash seed {found.seed}"
    display.say(escape(f"{which}: {shown} million{progress.left_text}"))
