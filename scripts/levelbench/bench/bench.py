"""Bench: the pipeline of one run, from the choice of contestants to its last trial."""

from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from itertools import groupby

from rich.markup import escape

from levelbench import interruption
from levelbench.bench import blocks, calibration, plan, precision, resume, trial
from levelbench.bench.blocks import Block
from levelbench.bench.forecast import forecast, setup
from levelbench.bench.lineup import LineUp
from levelbench.bench.options import Options
from levelbench.bench.run import OngoingRun, create
from levelbench.bench.trial import Entry
from levelbench.errors import LabError
from levelbench.lab import engines, sites
from levelbench.lab.dataset import Rows, generate
from levelbench.lab.lab import Lab
from levelbench.lab.prepare import Prepared
from levelbench.load import parameters, search
from levelbench.load.parameters import Parameters
from levelbench.model.config import Config
from levelbench.model.files import require_writable
from levelbench.model.run import PlannedTrial
from levelbench.model.trial import folder_name
from levelbench.model.vocabulary import COMPARED
from levelbench.progress import Display

Refresh = Callable[[OngoingRun], object]
"""Called after each block: writes the report of what has been measured so far."""


def bench(
    options: Options,
    config: Config,
    display: Display,
    refresh: Refresh,
    begun: Callable[[OngoingRun], object] = lambda run: None,
) -> OngoingRun:
    """Measure, and leave the run's evidence in its folder. `begun` is called once it has one.

    Ctrl-C or SIGTERM ends it early: what was measured is kept, the record says `partial`, and
    no container, network or volume stays behind. Raises LabError when nothing can be measured.
    """
    require_writable(options.reports / (options.resumed or ""))
    with ExitStack() as reserved:
        display.phases += setup()
        display.expect(forecast(options, config, engines.connect()))
        with display.phase("images"):
            place = reserved.enter_context(
                engines.reserved(config, options.source, display.say, options.services.values())
            )
        lab = Lab(place.engine, config, place.topology, place.images, sites.BENCH)
        display.step("counting the contestants' code")
        run = (
            resume.reopen(options.reports / options.resumed, options.services, lab)
            if options.resumed
            else create(options, lab)
        )
        begun(run)
        with interruption.terminable():
            _run_to_an_end(lab, run, options, display, refresh)
    return run


def _run_to_an_end(
    lab: Lab, run: OngoingRun, options: Options, display: Display, refresh: Refresh
) -> None:
    """Run all steps, record how the run ended, and remove every container in any case.

    What was measured before an interruption or an error is kept. Raises ResumeError for a run that
    cannot be resumed, and LabError for one that ends before its first trial.
    """
    try:
        _run_all(lab, run, options, display, refresh)
    except KeyboardInterrupt:
        run.interrupted = True
    except resume.ResumeError:
        run.restore()
        raise
    except LabError as error:
        if not run.trials:
            raise
        run.ended_early(lab.secrets.redact(error.cause), error.remedy)
    finally:
        # In this order: the output may be what failed, and must not prevent the rest.
        with interruption.ignored(), ExitStack() as last:
            last.callback(display.breakdown)
            last.callback(run.finished, display.phases)
            last.callback(_down, lab, display)
            display.say("removing the containers")


def _run_all(
    lab: Lab, run: OngoingRun, options: Options, display: Display, refresh: Refresh
) -> None:
    """The pipeline: build, verify, prepare, calibrate, plan, measure."""
    lineup = LineUp(lab, run, display)
    with display.phase("build"):
        contestants = lineup.build(options.services)
    rows = generate(lab.config.dataset, options.scale)
    with display.phase("verify"):
        verified = lineup.verify(contestants, rows, options.scale, force=options.verify_anew)
    equal = [contestant for contestant in contestants if contestant.name in verified]
    with display.phase("load generator"):
        lineup.complete()
    with display.phase("prepare"):
        display.say("starting PostgreSQL and Redis")
        lab.start()
        prepared = lineup.prepare(equal, verified, rows)
    settings = _settings(lab, prepared, run, options, display)
    _plan(run, prepared, settings, rows, options)
    with display.phase("measure"):
        _run_trials(lab, prepared, settings, run, display, refresh)
    run.completed()


def _down(lab: Lab, display: Display) -> None:
    try:
        lab.down()
    except LabError as error:
        display.say(f"the containers are still there; the next bench removes them: {error}")


def _settings(
    lab: Lab,
    prepared: dict[str, Prepared],
    run: OngoingRun,
    options: Options,
    display: Display,
) -> dict[str, Parameters]:
    """The parameters of each workload; calibrates the rates that some of them need."""

    def of(*names: str) -> dict[str, Parameters]:
        return parameters.of_workloads(
            names,
            lab.config,
            options.profile,
            mix=options.mix,
            scale=options.scale,
            arrivals=options.arrivals,
            objective=options.objective,
            rate_rps=options.rate_rps,
            seed=options.seed,
            rates=run.record.rates,
            is_guest=options.guest is not None,
        )

    closed = of("closed")["closed"]
    calibration.ensure(lab, prepared, run, options, closed, display)
    settings = of(*options.workloads)
    for own in settings.values():  # raises now what would end its trial
        for name in prepared:
            own.of_service(name)
    return settings


def _plan(
    run: OngoingRun,
    prepared: dict[str, Prepared],
    settings: dict[str, Parameters],
    rows: Rows,
    options: Options,
) -> None:
    """Plan the trials. A resumed run keeps its plan.

    Raises ResumeError if the parameters of a resumed run changed.
    """
    journey = options.guest.journey if options.guest else None
    recorded = {name: own.recorded(rows.checksum, journey) for name, own in settings.items()}
    if run.record.plan:
        resume.require_equal(run.record, recorded, prepared)
        return
    # Not a reference, if it can be helped: the database limits it, and its noise is another.
    contestants = [n for n in prepared if options.services[n].spec.role in COMPARED]
    control = (contestants or list(prepared)) if options.profile.control else []
    counts = options.workloads
    if (aim := run.record.precision) and len(contestants) < 2:  # the others were left out
        own = options.profile.workloads.get(aim.workload, options.profile.blocks)
        counts = {**counts, aim.workload: own}
        run.has_no_ratio()
    trials = plan.make(list(prepared), counts, options.seed, control=control)
    run.planned(trials, recorded)


def _run_trials(
    lab: Lab,
    prepared: dict[str, Prepared],
    settings: dict[str, Parameters],
    run: OngoingRun,
    display: Display,
    refresh: Refresh,
) -> None:
    planned = run.record.plan
    display.plan(
        {one.number: settings[one.workload].timing.load_s for one in planned},
        at_most=run.record.precision is not None,
    )
    for (workload, number), group in groupby(planned, key=lambda one: (one.workload, one.block)):
        block = tuple(group)
        if block[0] not in run.record.plan:  # its workload has ended at a look
            display.skip([one.number for one in block])
            continue
        measured = _run_block(lab, prepared, block, settings[workload], run, display)
        precision.look(run, workload, number, display, show=measured)
        if measured and block[-1] != run.record.plan[-1]:
            refresh(run)


def _run_block(
    lab: Lab,
    prepared: dict[str, Prepared],
    block: Block,
    settings: Parameters,
    run: OngoingRun,
    display: Display,
) -> bool:
    """Run a block, and again as a whole if the lab spoiled a trial of it. What a contestant does to
    itself is its result and is not rerun. Returns False if the block needed no trial.
    """
    measured = False
    most = lab.config.limits.attempts
    while attempt := blocks.next_attempt(run.trials, block, most):
        if attempt > 1:
            display.say(escape(blocks.again(run.trials, block, attempt)))
        groups = [block] if settings.timing.slices > 1 else [(one,) for one in block]
        for group in groups:
            _run_group(lab, prepared, group, attempt, settings, run, display)
        measured = True
    return measured


def _run_group(
    lab: Lab,
    prepared: dict[str, Prepared],
    planned: Block,
    attempt: int,
    settings: Parameters,
    run: OngoingRun,
    display: Display,
) -> None:
    """Run trials that are up at the same time, or a single one."""
    entries = [_entry(run, prepared, one, attempt) for one in planned]
    settings = search.placed(settings, planned[0], run.trials, run.record.rates)
    names = ", ".join(one.label for one in planned)
    with display.measuring([one.number for one in planned]):
        records = trial.run(
            lab, entries, settings, partial(display.trial, f"{settings.workload.name} {names}")
        )
    run.trials += records
    for record in records:
        display.trial_done(record)


def _entry(
    run: OngoingRun, prepared: dict[str, Prepared], planned: PlannedTrial, attempt: int
) -> Entry:
    name = folder_name(planned.number, planned.workload, planned.label, attempt)
    return Entry(planned, prepared[planned.service], run.folder / "trials" / name, attempt)
