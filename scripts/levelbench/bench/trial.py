"""Trial: restore -> start -> warm up and measure -> drain tasks -> collect -> down.

Trials whose contestants take turns go through the phases together, each at a seat of its own.
"""

import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from levelbench.analysis.checks import table
from levelbench.analysis.checks import trial as validity
from levelbench.analysis.checks.check import Check
from levelbench.bench import accounts, generate, plan
from levelbench.bench.accounts import Evidence
from levelbench.bench.generate import Load, Target
from levelbench.bench.phases import Clock
from levelbench.errors import LabError
from levelbench.lab import affinity, environment, prepare, waiting
from levelbench.lab.database import TaskCount
from levelbench.lab.engine import require_disk, wait_back
from levelbench.lab.lab import FULL_MIB, Lab, Seat
from levelbench.lab.meters import clocks
from levelbench.lab.meters.cpus import CountersError
from levelbench.lab.prepare import Prepared
from levelbench.lab.site import (
    ContainerGoneError,
    EngineGoneError,
    NoContainerError,
    OutOfMemoryError,
)
from levelbench.lab.turns import GateError, MissedTurnError
from levelbench.load.parameters import Parameters
from levelbench.model.files import write_atomic
from levelbench.model.finding import Finding
from levelbench.model.run import PlannedTrial
from levelbench.model.topology import parse_cpu_list
from levelbench.model.trial import ClockTimes, Phase, TrialRecord, save_trial
from levelbench.model.vocabulary import Container

LOGGED: tuple[Container, ...] = ("service", "worker", "k6")
NAMED: Mapping[type[LabError], Check] = {
    CountersError: table.COUNTERS_IMPOSSIBLE,
    GateError: table.GATE_FAILED,
    MissedTurnError: table.TURN_MISSED,
}
"""Errors of the lab that have a check of their own."""
TOKEN_MARGIN_S = 300.0
"""Tokens with less life than this beyond the load are renewed before it."""


@dataclass(frozen=True)
class Entry:
    """One planned trial, and what it is run with."""

    planned: PlannedTrial
    prepared: Prepared
    folder: Path
    attempt: int = 1


@dataclass
class _Trial:
    """An entry that is being measured, and what is known of it so far."""

    entry: Entry
    seat: Seat
    cold_start_ms: float | None = None
    load: Load | None = None
    drained: TaskCount | None = None
    evidence: Evidence | None = None
    turns: tuple[int, ...] = ()
    """Its place in each round of slices, from 1."""
    fault: Finding | None = None
    """Why it was ended early."""


@dataclass(frozen=True)
class _Common:
    """What the records of trials that were up together share."""

    started_at: datetime
    machine_speed: float | None
    duration_s: dict[Phase, float]
    clocks: ClockTimes | None
    ladder_shift: float | None
    ladder_lowest_rps: int | None


def run(
    lab: Lab, entries: Sequence[Entry], parameters: Parameters, say: Callable[[Phase], None]
) -> list[TrialRecord]:
    """Run trials in fresh containers on restored databases, keep the evidence of each in its
    folder, and return their records, saved.

    A fault of a contestant or of the lab is a finding in a record, not an exception. Raises
    EngineGoneError when the engine does not come back; other exceptions are defects of the lab.
    """
    for entry in entries:
        # The evidence of an attempt that was cut short is not this one's.
        if entry.folder.exists():
            shutil.rmtree(entry.folder)
    parameters = parameters.of_block(entries[0].planned.block)  # the same of all
    if len(entries) == 1:  # those that take turns have no rates
        parameters = parameters.of_service(entries[0].planned.service)
    clock = Clock(say)
    started_at = datetime.now(UTC)
    speed = environment.machine_speed(parse_cpu_list(lab.topology.service)[0])
    trials = [_Trial(entry, lab.seat(number)) for number, entry in enumerate(entries)]
    watch = clocks.Watch()
    try:
        with affinity.kept_to(parse_cpu_list(lab.topology.harness)), watch:
            _measure(lab, trials, parameters, clock)
    except LabError as error:
        _end_early(lab, trials, error)
    finally:
        for trial in trials:
            _keep_logs(lab, trial)
        with clock.phase("down"):
            lab.clear()
    _place_turns(trials)
    common = _Common(
        started_at,
        speed,
        clock.share(len(trials)),
        watch.times(),
        parameters.ladder_shift,
        parameters.lowest_rps if parameters.ladder else None,
    )
    records = [_checked(lab, trial, parameters, common) for trial in trials]
    for trial, record in zip(trials, records, strict=True):
        save_trial(trial.entry.folder, record)
    return records


def _measure(lab: Lab, trials: Sequence[_Trial], parameters: Parameters, clock: Clock) -> None:
    """All phases of some trials. Raises LabError for what ends all of them."""
    with clock.phase("restore"):
        require_disk(lab.engine, FULL_MIB)
        lab.revive()
        lab.database.restore(
            {trial.seat.database: trial.entry.prepared.template for trial in trials}
        )
        settings = lab.database.settings()
    with clock.phase("start"):
        _each(lab, trials, lambda trial: _start(lab, trial, parameters, len(trials)))
    _generate(lab, _still_measured(trials), parameters, clock)
    with clock.phase("drain"):
        _each(lab, trials, lambda trial: _drain(lab, trial))
    with clock.phase("collect"):
        require_disk(lab.engine, FULL_MIB)
        _each(lab, trials, lambda trial: _collect(lab, trial, parameters, settings))


def _still_measured(trials: Sequence[_Trial]) -> list[_Trial]:
    return [trial for trial in trials if trial.fault is None]


def _each(lab: Lab, trials: Sequence[_Trial], step: Callable[[_Trial], None]) -> None:
    """Run a step of each trial that has no fault; an error ends that trial and no other."""
    for trial in _still_measured(trials):
        try:
            step(trial)
        except LabError as error:
            _end_early(lab, [trial], error)


def _start(lab: Lab, trial: _Trial, parameters: Parameters, together: int) -> None:
    prepared, seat = trial.entry.prepared, trial.seat
    lab.start_contestant(prepared.contestant, seat.database, seat)
    trial.cold_start_ms = _wait_cold_start(lab, seat)
    if prepared.tokens_last_s() < together * parameters.timing.load_s + TOKEN_MARGIN_S:
        prepared.users = prepare.log_in_users(lab, seat, register=False)


def _wait_cold_start(lab: Lab, seat: Seat) -> float:
    """Wait for the first correct answer; milliseconds since the container was started."""
    lab.wait_contestant(seat)
    ready = datetime.now(UTC)
    started = waiting.state(seat.site, "service").started_at
    return round((ready - started).total_seconds() * 1e3, 1)


def _generate(lab: Lab, trials: Sequence[_Trial], parameters: Parameters, clock: Clock) -> None:
    if not trials:
        return
    targets = [_target(trial, parameters) for trial in trials]
    for trial, outcome in zip(
        trials, generate.generate(lab, targets, parameters, clock), strict=True
    ):
        if isinstance(outcome, LabError):
            _end_early(lab, [trial], outcome)
        else:
            trial.load = outcome


def _target(trial: _Trial, parameters: Parameters) -> Target:
    planned, attempt = trial.entry.planned, trial.entry.attempt
    return Target(
        seat=trial.seat,
        prepared=trial.entry.prepared,
        folder=trial.entry.folder,
        seed=plan.seed_of(parameters.seed, planned.workload, planned.block, attempt),
        label=planned.label,
        prefix=f"b{planned.block}n{planned.number}a{attempt}",
    )


def _drain(lab: Lab, trial: _Trial) -> None:
    if trial.entry.prepared.contestant.service.spec.is_guest:
        trial.drained = TaskCount(rows=0, open=0, completed=0)
    elif trial.load:
        trial.drained = accounts.drain(lab, trial.seat, trial.load.summary.invoices_202)


def _collect(lab: Lab, trial: _Trial, parameters: Parameters, settings: dict[str, str]) -> None:
    if trial.load and trial.drained:
        trial.evidence = accounts.collect(
            lab,
            trial.seat,
            trial.entry.prepared,
            trial.load,
            trial.drained,
            folder=trial.entry.folder,
            postgres_settings=settings,
            objective=parameters.objective,
        )


def _checked(lab: Lab, trial: _Trial, parameters: Parameters, common: _Common) -> TrialRecord:
    """The record of a trial with its findings."""
    unchecked, limits = _record(trial, common, ()), lab.config.limits
    if trial.fault:  # a clock that was set may be its cause
        return _record(trial, common, (trial.fault, *validity.check_clock(unchecked, limits)))
    findings = validity.check(unchecked, limits, parameters.vus, lab.topology)
    return _record(trial, common, findings)


def _place_turns(trials: Sequence[_Trial]) -> None:
    """The order of turns as measured: each trial's place in each round of slices."""
    loads = [(trial, trial.load.summary.bounds) for trial in trials if trial.load]
    for trial, own in loads:
        if len(own) > 1:
            trial.turns = tuple(
                1 + sum(other[i].start_epoch_ms < slice_.start_epoch_ms for _, other in loads)
                for i, slice_ in enumerate(own)
            )


def _record(trial: _Trial, common: _Common, findings: tuple[Finding, ...]) -> TrialRecord:
    """The record of a trial. One that was ended early has no results."""
    planned = trial.entry.planned
    found = trial.evidence if trial.evidence and not trial.fault else accounts.NO_EVIDENCE
    return TrialRecord(
        number=planned.number,
        block=planned.block,
        workload=planned.workload,
        service=planned.service,
        label=planned.label,
        status=validity.status_of(findings),
        attempt=trial.entry.attempt,
        turns=() if trial.fault else trial.turns,
        started_at=common.started_at,
        duration_s=common.duration_s,
        machine_speed=common.machine_speed,
        cold_start_ms=None if trial.fault else trial.cold_start_ms,
        window=found.window,
        endpoints=found.endpoints,
        requests=found.requests,
        resources=found.resources,
        counters=found.counters,
        endpoint_resources=found.endpoint_resources,
        cores=found.cores,
        endpoint_cores=found.endpoint_cores,
        others_cpu_share=found.others_cpu_share,
        steps=found.steps,
        capacity_rps=found.capacity.rps if found.capacity else None,
        capacity_is_lower_bound=found.capacity.is_lower_bound if found.capacity else None,
        capacity_crossing_rps=found.capacity.crossing_rps if found.capacity else None,
        ladder_shift=common.ladder_shift if found.capacity or found.user_steps else None,
        ladder_lowest_rps=common.ladder_lowest_rps if found.capacity else None,
        user_steps=found.user_steps,
        users_held=found.users_held,
        disturbed=found.disturbed,
        rows=found.rows,
        statements=found.statements,
        tasks=found.tasks,
        postgres_settings=found.postgres_settings,
        clocks=common.clocks,
        findings=findings,
    )


def _end_early(lab: Lab, trials: Sequence[_Trial], error: LabError) -> None:
    """Give each trial a finding that says which side caused the error, once the engine is back.

    Raises EngineGoneError when the engine does not come back.
    """
    wait_back(lab.engine)
    for trial in _still_measured(trials):
        trial.fault = _fault(lab, trial, error)


def _fault(lab: Lab, trial: _Trial, error: LabError) -> Finding:
    """The finding for an error: `contestant-...` only if its container is known to have ended."""
    check, cause = _blame(lab, trial.seat, error)
    said = lab.secrets.redact(cause)
    return check.finding(
        lab.config.limits, trials=(trial.entry.planned.number,), where="", error=said, what=said
    )


def _blame(lab: Lab, seat: Seat, error: LabError) -> tuple[Check, str]:
    """(check, cause) of an error. What is not understood is the lab's fault."""
    cause = str(error)
    for kind, check in NAMED.items():
        if isinstance(error, kind):
            return check, cause
    try:
        state = waiting.state(seat.site, "service")
        ended = lab.ended_servers()
    except NoContainerError:  # it was never created
        return table.LAB_FAULT, cause
    except LabError as refusal:
        return table.LAB_FAULT, f"{cause}; and the containers' state is unknown: {refusal}"
    if ended:  # the contestant cannot work without them
        if not isinstance(error, EngineGoneError):
            cause = "; ".join(f"{name} {end}" for name, end in ended.items())
        return table.LAB_FAULT, cause
    if not isinstance(error, ContainerGoneError):
        return table.LAB_FAULT, cause
    if state.out_of_memory or isinstance(error, OutOfMemoryError):
        return table.CONTESTANT_OUT_OF_MEMORY, cause
    return (table.LAB_FAULT if state.running else table.CONTESTANT_GONE), cause


def _keep_logs(lab: Lab, trial: _Trial) -> None:
    for name in LOGGED:
        text = waiting.text(trial.seat.site, name, stdout=name != "k6")
        write_atomic(trial.entry.folder / f"{name}.log", lab.secrets.redact(text))
