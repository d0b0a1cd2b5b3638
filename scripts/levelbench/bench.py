"""`levelbench bench`: from the choice of contestants to the report."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from levelbench import environment, images, interruption, lock, plan, prepare, topology, trial
from levelbench.config import ROOT, Config, Mix, Profile, weights_of
from levelbench.dataset import Rows, generate
from levelbench.engine import PROJECT_PREFIX, Engine
from levelbench.errors import LabError
from levelbench.lab import Contestant, Lab
from levelbench.prepare import Prepared
from levelbench.progress import Display
from levelbench.records import (
    Finding,
    PlannedTrial,
    RunRecord,
    ServiceRecord,
    TrialRecord,
)
from levelbench.run import OngoingRun
from levelbench.services import Service
from levelbench.trial import Parameters

REPORTS = ROOT / "reports"
BENCH = "bench"
"""The Compose project's name, after the common prefix."""
ATTEMPTS = 2
"""A trial that the lab itself spoiled is run once more; both are kept."""


@dataclass(frozen=True)
class Options:
    """What to run. Names have been checked."""

    profile_name: str
    profile: Profile
    services: dict[str, Service]
    workload: str
    seed: int
    mix: Mix
    scale: int
    source: images.Source
    reports: Path = REPORTS


def bench(options: Options, config: Config, display: Display) -> OngoingRun:
    """Measure, and leave the run's evidence in its folder.

    Ctrl-C or SIGTERM ends it early: what was measured is kept, the record says `partial`, and
    no container, network or volume stays behind. Raises LabError when nothing can be measured.
    """
    engine = Engine()
    cores = topology.plan(topology.read_cores(environment.available_cpus()))
    with lock.exclusive(engine.id):
        _remove_leftovers(engine, display)
        base = images.ensure(engine, config.images, options.source, display.say)
        lab = Lab(engine, config, cores, base, BENCH)
        run = _new_run(options, config, lab)
        with interruption.terminable(), _always_down(lab, run, display):
            contestants = _build(lab, options.services, run, display)
            rows = generate(config.dataset, options.scale)
            display.say("starting PostgreSQL and Redis")
            lab.start()
            prepared = _prepare(lab, contestants, rows, run, display)
            parameters = _parameters(options, config)
            _plan(run, prepared, parameters, rows, options)
            _run_trials(lab, prepared, parameters, run, display)
            run.update(status="complete")
    return run


def _remove_leftovers(engine: Engine, display: Display) -> None:
    """What a killed bench left. The lock is ours, so nobody is using it."""
    if PROJECT_PREFIX + BENCH in engine.projects():
        display.say("removing what an interrupted bench left behind")
        engine.remove_project(PROJECT_PREFIX + BENCH)


@contextmanager
def _always_down(lab: Lab, run: OngoingRun, display: Display) -> Iterator[None]:
    """Whatever happens: record the end and remove every container."""
    try:
        yield
    except KeyboardInterrupt:
        run.interrupted = True
    finally:
        # In this order: the output may be what failed, and must not keep the rest from happening.
        with interruption.ignored(), ExitStack() as last:
            last.callback(run.update, finished_at=datetime.now(UTC))
            last.callback(lab.down)
            display.say("removing the containers")


def _new_run(options: Options, config: Config, lab: Lab) -> OngoingRun:
    started = datetime.now(UTC)
    run_id = f"{started:%Y%m%d-%H%M%S}-{options.profile_name}"
    services = {
        name: ServiceRecord(
            role=service.spec.role,
            display_name=service.spec.display_name,
            interface=service.spec.interface,
            packages=service.versions(),
        )
        for name, service in options.services.items()
    }
    references = [lab.images.python, lab.images.postgres, lab.images.redis, lab.images.k6]
    record = RunRecord(
        run_id=run_id,
        profile=options.profile_name,
        seed=options.seed,
        status="partial",
        publishable=options.profile.publishable,
        started_at=started,
        plan=(),
        environment=environment.describe(
            lab.engine, lab.topology, images.identities(lab.engine, references), {}
        ),
        services=services,
        workloads={},
    )
    folder = options.reports / run_id
    folder.mkdir(parents=True)
    run = OngoingRun(folder, record)
    run.update()
    return run


def _build(
    lab: Lab, services: dict[str, Service], run: OngoingRun, display: Display
) -> list[Contestant]:
    """The contestants whose image is here or can be built; the others are left out, with why."""
    contestants = []
    for service in services.values():
        try:
            image = images.build_service(lab.engine, service, lab.images.python, display.say)
        except LabError as error:
            _leave_out(run, service.name, "its image does not build", error, display)
            continue
        contestants.append(Contestant(service, image))
        run.update_service(service.name, image_mib=images.size_mib(lab.engine, image))
    built = images.identities(lab.engine, [contestant.image for contestant in contestants])
    known = run.record.environment
    run.update(environment=known.model_copy(update={"images": {**known.images, **built}}))
    return contestants


def _prepare(
    lab: Lab, contestants: Sequence[Contestant], rows: Rows, run: OngoingRun, display: Display
) -> dict[str, Prepared]:
    known = run.record.environment
    versions = {**known.versions, **lab.server_versions()}
    run.update(environment=known.model_copy(update={"versions": versions}))
    prepared = {}
    for contestant in contestants:
        display.say(f"preparing {contestant.name}: migrate, load, register the load's users")
        try:
            ready = prepare.prepare(lab, contestant, rows)
        except LabError as error:
            _leave_out(run, contestant.name, "it could not be prepared", error, display)
            continue
        prepared[contestant.name] = ready
        run.update_service(contestant.name, memory_idle_mib=ready.memory_idle_mib)
    if not prepared:
        raise LabError("no contestant could be measured", "The lines above say why.")
    return prepared


def _leave_out(run: OngoingRun, name: str, what: str, error: LabError, display: Display) -> None:
    for line in getattr(error, "output", ()):
        display.detail(line)
    failure = f"{what}: {error}"
    display.say(f"[red]{name} is left out[/]: {failure}")
    run.update_service(name, failure=failure)
    finding = Finding(
        code="contestant-left-out",
        severity="error",
        cause=f"{name} was not measured: {failure}",
        remedy=f"Mend services/{name}, then `make bench-{name} PROFILE=smoke`.",
    )
    run.update(findings=(*run.record.findings, finding))


def _parameters(options: Options, config: Config) -> Parameters:
    return Parameters(
        workload=options.workload,
        vus=config.load.vus,
        warmup_s=options.profile.warmup_s,
        measure_s=options.profile.measure_s,
        weights={
            str(name): weight for name, weight in weights_of(config.load, options.mix).items()
        },
        orders=config.dataset.orders * options.scale,
        seed=options.seed,
    )


def _plan(
    run: OngoingRun,
    prepared: dict[str, Prepared],
    parameters: Parameters,
    rows: Rows,
    options: Options,
) -> None:
    profile = options.profile
    run.update(
        plan=plan.make(
            list(prepared), options.workload, profile.blocks, options.seed, control=profile.control
        ),
        workloads={
            options.workload: {
                **asdict(parameters),
                "mix": options.mix,
                "scale": options.scale,
                "dataset_sha256": rows.checksum,
            }
        },
    )


def _run_trials(
    lab: Lab,
    prepared: dict[str, Prepared],
    parameters: Parameters,
    run: OngoingRun,
    display: Display,
) -> None:
    display.plan(len(run.record.plan), parameters.load_s)
    for planned in run.record.plan:
        with display.measuring():
            measured = _run_trial(lab, prepared[planned.service], planned, parameters, run, display)
        run.trials += measured
        display.trial_done(measured[-1])


def _run_trial(
    lab: Lab,
    prepared: Prepared,
    planned: PlannedTrial,
    parameters: Parameters,
    run: OngoingRun,
    display: Display,
) -> list[TrialRecord]:
    """Run a planned trial, and once more if the lab spoiled it. What a contestant does to
    itself is its result, and is never retried away.
    """
    attempts: list[TrialRecord] = []
    while not attempts or (attempts[-1].status == "invalid" and len(attempts) < ATTEMPTS):
        attempt = len(attempts) + 1
        name = f"{planned.number:03d}-{planned.workload}-{planned.label}"
        folder = run.folder / "trials" / (name if attempt == 1 else f"{name}-attempt{attempt}")
        attempts.append(
            trial.run(
                lab,
                prepared,
                planned,
                parameters,
                folder,
                say=lambda phase: display.trial(planned.label, phase),
                attempt=attempt,
            )
        )
    return attempts
