"""`levelbench bench`: from the choice of contestants to the report."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from levelbench import (
    environment,
    images,
    interruption,
    lock,
    plan,
    projects,
    slots,
    topology,
    trial,
)
from levelbench.config import REPORTS, Config, Mix, Profile, weights_of
from levelbench.dataset import Rows, generate
from levelbench.engine import Engine
from levelbench.errors import LabError
from levelbench.lab import Lab
from levelbench.lineup import LineUp
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
    verify_anew: bool = False
    """Verify contestants that are known to do equal work."""
    reports: Path = REPORTS


def bench(options: Options, config: Config, display: Display) -> OngoingRun:
    """Measure, and leave the run's evidence in its folder.

    Ctrl-C or SIGTERM ends it early: what was measured is kept, the record says `partial`, and
    no container, network or volume stays behind. Raises LabError when nothing can be measured.
    """
    engine = Engine()
    cores = topology.plan(topology.read_cores(environment.available_cpus()))
    with lock.exclusive(engine.id):
        projects.remove_leftovers(engine, display.say)
        base = images.ensure(engine, config.images, options.source, display.say)
        lab = Lab(engine, config, cores, base, projects.BENCH)
        run = _new_run(options, config, lab)
        with interruption.terminable(), _always_down(lab, run, display):
            lineup = LineUp(lab, run, display)
            contestants = lineup.build(options.services)
            rows = generate(config.dataset, options.scale)
            verified = lineup.verify(contestants, rows, options.scale, force=options.verify_anew)
            equal = [contestant for contestant in contestants if contestant.name in verified]
            display.say("starting PostgreSQL and Redis")
            lab.start()
            prepared = lineup.prepare(equal, verified, rows)
            parameters = _parameters(options, config)
            _plan(run, prepared, parameters, rows, options)
            _run_trials(lab, prepared, parameters, run, display)
            run.update(status="complete")
    return run


@contextmanager
def _always_down(lab: Lab, run: OngoingRun, display: Display) -> Iterator[None]:
    """Whatever happens: record the end and remove every container."""
    try:
        yield
    except KeyboardInterrupt:
        run.interrupted = True
    except LabError as error:
        if not run.trials:
            raise
        ended = Finding(
            code="run-ended",
            severity="error",
            cause=f"the run ended before its last trial: {error.cause}",
            remedy=error.remedy or "The report holds what was measured until then.",
        )
        run.update(findings=(*run.record.findings, ended))
    finally:
        # In this order: the output may be what failed, and must not keep the rest from happening.
        with interruption.ignored(), ExitStack() as last:
            last.callback(run.update, finished_at=datetime.now(UTC))
            last.callback(_down, lab, display)
            display.say("removing the containers")


def _down(lab: Lab, display: Display) -> None:
    try:
        lab.down()
    except LabError as error:
        display.say(f"the containers are still there, and the next bench removes them: {error}")


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


def _parameters(options: Options, config: Config) -> Parameters:
    alone = slots.alone(options.workload)
    return Parameters(
        workload=options.workload,
        vus=config.load.vus,
        slots=slots.plan(options.workload, options.profile),
        weights=None if alone else weights_of(config.load, options.mix),
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
    # Not the floor, if it can be helped: the database limits it, and its noise is another.
    contestants = [n for n in prepared if options.services[n].spec.role == "contestant"]
    control = (contestants or list(prepared)) if profile.control else []
    run.update(
        plan=plan.make(
            list(prepared), options.workload, profile.blocks, options.seed, control=control
        ),
        workloads={
            options.workload: {
                **parameters.recorded(),
                **({} if slots.alone(options.workload) else {"mix": options.mix}),
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
    display.plan(len(run.record.plan), parameters.slots.load_s)
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
