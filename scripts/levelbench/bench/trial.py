"""A trial's life: restore -> start -> warm up and measure -> drain tasks -> collect -> down.

Trials that take turns go through it together, each at a seat of its own; one that does not is
alone.
"""

import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from levelbench.analysis.checks import trial as validity
from levelbench.bench import accounts, generate
from levelbench.bench.generate import Load, Target
from levelbench.bench.phases import Clock
from levelbench.errors import LabError
from levelbench.lab import affinity, environment, prepare, waiting
from levelbench.lab.engine import require_disk, wait_back
from levelbench.lab.lab import FULL_MIB, Lab, Seat
from levelbench.lab.meters import neighbours
from levelbench.lab.prepare import Prepared
from levelbench.lab.site import ContainerGoneError, EngineGoneError, OutOfMemoryError
from levelbench.load.capacity import capacity_rps
from levelbench.load.parameters import Parameters
from levelbench.model.files import write_atomic
from levelbench.model.finding import Finding
from levelbench.model.measurement import Step
from levelbench.model.run import PlannedTrial
from levelbench.model.topology import parse_cpu_list
from levelbench.model.trial import Phase, TrialRecord, save_trial
from levelbench.model.vocabulary import Container

LOGGED: tuple[Container, ...] = ("service", "worker", "k6")
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
    """An entry under way."""

    entry: Entry
    seat: Seat
    found: dict[str, Any] = field(default_factory=dict)
    """Fields of the record, as they become known."""
    fault: Finding | None = None
    """Why it goes no further."""


def run(
    lab: Lab, entries: Sequence[Entry], parameters: Parameters, say: Callable[[Phase], None]
) -> list[TrialRecord]:
    """Run trials in fresh containers on restored databases, keep the evidence of each in its
    folder, and return their records, saved.

    A fault of a contestant or of the lab is a finding in a record, not an exception.
    """
    for entry in entries:
        # Of an attempt that was cut short: its evidence is not this one's.
        if entry.folder.exists():
            shutil.rmtree(entry.folder)
    clock = Clock(say)
    started_at = datetime.now(UTC)
    speed = environment.machine_speed(parse_cpu_list(lab.topology.service)[0])
    trials = [_Trial(entry, lab.seat(number)) for number, entry in enumerate(entries)]
    try:
        with _faults(lab, trials), affinity.kept_to(parse_cpu_list(lab.topology.harness)):
            _measure(lab, trials, parameters, clock)
    finally:
        for trial in trials:
            _keep_logs(lab, trial)
        with clock.phase("down"):
            lab.clear()
    records = [
        _record(
            lab,
            trial,
            parameters,
            started_at=started_at,
            machine_speed=speed,
            duration_s=clock.share(len(trials)),
        )
        for trial in trials
    ]
    for trial, record in zip(trials, records, strict=True):
        save_trial(trial.entry.folder, record)
    return records


def _measure(lab: Lab, trials: list[_Trial], parameters: Parameters, clock: Clock) -> None:
    with clock.phase("restore"):
        require_disk(lab.engine, FULL_MIB)
        lab.revive()
        lab.database.restore(
            {trial.seat.database: trial.entry.prepared.template for trial in trials}
        )
        settings = lab.database.settings()
    with clock.phase("start"):
        for trial in trials:
            with _faults(lab, [trial]):
                _start(lab, trial, parameters, len(trials))
    if not (up := _going_on(trials)):
        return
    targets = [_target(trial, parameters) for trial in up]
    for trial, outcome in zip(up, generate.generate(lab, targets, parameters, clock), strict=True):
        with _faults(lab, [trial]):
            if isinstance(outcome, LabError):
                raise outcome
            trial.found["load"] = outcome
    with clock.phase("drain"):
        for trial in _going_on(trials):
            with _faults(lab, [trial]):
                accepted = trial.found["load"].summary.invoices_202
                trial.found["count"] = accounts.drain(lab, trial.seat, accepted)
    with clock.phase("collect"):
        require_disk(lab.engine, FULL_MIB)
        for trial in _going_on(trials):
            with _faults(lab, [trial]):
                trial.found |= _collected(lab, trial, parameters)
                trial.found["postgres_settings"] = settings


def _going_on(trials: list[_Trial]) -> list[_Trial]:
    return [trial for trial in trials if trial.fault is None]


def _start(lab: Lab, trial: _Trial, parameters: Parameters, together: int) -> None:
    prepared, seat = trial.entry.prepared, trial.seat
    lab.start_contestant(prepared.contestant, seat.database, seat)
    trial.found["cold_start_ms"] = _wait_cold_start(lab, seat)
    if prepared.tokens_last_s() < together * parameters.timing.load_s + TOKEN_MARGIN_S:
        prepared.users = prepare.log_in_users(lab, seat, register=False)


def _wait_cold_start(lab: Lab, seat: Seat) -> float:
    """Wait for the first correct answer; milliseconds since the container was started."""
    lab.wait_contestant(seat)
    ready = datetime.now(UTC)
    # The engine's stamp has nanoseconds, which datetime has not.
    started = datetime.fromisoformat(
        waiting.state(seat.site, "service").started_at[:26].rstrip("Z") + "+00:00"
    )
    return round((ready - started).total_seconds() * 1e3, 1)


def _target(trial: _Trial, parameters: Parameters) -> Target:
    planned, attempt = trial.entry.planned, trial.entry.attempt
    return Target(
        seat=trial.seat,
        prepared=trial.entry.prepared,
        folder=trial.entry.folder,
        seed=parameters.seed + planned.block,
        prefix=f"b{planned.block}n{planned.number}a{attempt}",
    )


def _collected(lab: Lab, trial: _Trial, parameters: Parameters) -> dict[str, Any]:
    prepared, seat, folder = trial.entry.prepared, trial.seat, trial.entry.folder
    loaded: Load = trial.found.pop("load")
    summary, samples = loaded.summary, loaded.samples
    seen = neighbours.Seen(loaded.cpus, samples, loaded.beside, lab.topology)
    return {
        "counters": loaded.counters,
        "window": summary.window,
        "endpoints": accounts.with_statements(summary.endpoints, prepared),
        "resources": accounts.use(samples, summary, lab.cpus()),
        "endpoint_resources": accounts.use_of_endpoints(samples, summary, lab.cpus()),
        "cores": neighbours.of_mix(seen, summary),
        "endpoint_cores": neighbours.of_endpoints(seen, summary),
        "rows": accounts.rows(lab, seat, prepared, summary, trial.found.pop("count")),
        "statements": accounts.statements_run(lab, seat, prepared, summary),
        "tasks": accounts.background(lab, seat, summary, folder),
        **_ladder(summary.steps, parameters),
    }


def _ladder(steps: tuple[Step, ...], parameters: Parameters) -> dict[str, Any]:
    """The steps of a ladder of rates and what they say; nothing where there is none."""
    if parameters.objective_ms is None:
        return {}
    found = capacity_rps(steps, parameters.objective_ms, parameters.error_rate_max)
    return {
        "steps": steps,
        "capacity_rps": found.rps,
        "capacity_is_lower_bound": found.is_lower_bound,
    }


def _record(lab: Lab, trial: _Trial, parameters: Parameters, **common: Any) -> TrialRecord:
    """What came of a trial. One that went no further has nothing but its fault."""
    record = TrialRecord(
        **trial.entry.planned.model_dump(),
        status="valid",
        attempt=trial.entry.attempt,
        **common,
    )
    if trial.fault is None:
        record = record.model_copy(update=trial.found)
        findings = validity.check(record, lab.config.limits, parameters.vus, lab.topology)
    else:
        findings = (trial.fault,)
    return record.model_copy(update={"findings": findings, "status": validity.status_of(findings)})


@contextmanager
def _faults(lab: Lab, trials: Sequence[_Trial]) -> Iterator[None]:
    """What goes wrong ends these trials: each gets a finding that says whose fault it was."""
    try:
        yield
    except LabError as error:
        wait_back(lab.engine)  # it may be restarting
        for trial in trials:
            trial.fault = trial.fault or _fault(lab, trial, error)


def _fault(lab: Lab, trial: _Trial, error: LabError) -> Finding:
    """The contestant's own when its container is gone, else the lab's."""
    code, cause = "lab-fault", str(error)
    try:
        state = waiting.state(trial.seat.site, "service")
        if ended := lab.ended_servers():  # the contestant can do nothing for it
            if not isinstance(error, EngineGoneError):
                cause = "; ".join(f"{name} {end}" for name, end in ended.items())
        elif state.out_of_memory or isinstance(error, OutOfMemoryError):
            code = "contestant-out-of-memory"
        elif not state.running and isinstance(error, ContainerGoneError):
            code = "contestant-gone"
    except LabError:
        pass  # no such container: it never came to be
    return Finding(
        code=code,
        severity="error",
        cause=lab.secrets.redact(cause),
        remedy="Read the logs in the trial's folder.",
        trials=(trial.entry.planned.number,),
    )


def _keep_logs(lab: Lab, trial: _Trial) -> None:
    for name in LOGGED:
        text = waiting.text(trial.seat.site, name, stdout=name != "k6")
        write_atomic(trial.entry.folder / f"{name}.log", lab.secrets.redact(text))
