"""One trial's life: restore -> start -> warm up and measure -> drain tasks -> collect -> down."""

import json
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from levelbench import accounts, cores, environment, k6, prepare, resources, statements, validity
from levelbench.compose import ContainerGoneError
from levelbench.database import TRIAL
from levelbench.engine import EngineError, EngineGoneError
from levelbench.errors import LabError
from levelbench.files import write_atomic
from levelbench.lab import FULL_MIB, SERVERS, Lab
from levelbench.parameters import Parameters
from levelbench.prepare import Prepared
from levelbench.records import Finding, Phase, PlannedTrial, TrialRecord, save_trial
from levelbench.topology import parse_cpu_list
from levelbench.words import Container

K6_MARGIN_S = 60.0
"""How long k6 may go on after the window: its own graceful stop, and then its summary."""
TOKEN_MARGIN_S = 300.0
"""Tokens with less life than this beyond the trial are renewed before it."""


@dataclass
class Clock:
    """How long each phase took, seconds; says which one begins."""

    say: Callable[[Phase], None]
    spent_s: dict[Phase, float] = field(default_factory=dict)

    @contextmanager
    def phase(self, name: Phase) -> Iterator[None]:
        self.say(name)
        start = time.monotonic()
        try:
            yield
        finally:
            self.spent_s[name] = round(time.monotonic() - start, 3)


@dataclass(frozen=True)
class Load:
    """What came out of the load generator and the counters beside it."""

    summary: k6.Summary
    samples: dict[Container, list[resources.Sample]]
    cpus: list[cores.Reading]


def run(
    lab: Lab,
    prepared: Prepared,
    planned: PlannedTrial,
    parameters: Parameters,
    folder: Path,
    say: Callable[[Phase], None],
    attempt: int = 1,
) -> TrialRecord:
    """Run one trial in fresh containers on a restored database, keep its evidence in `folder`,
    and return its record, saved.

    A fault of the contestant or of the lab is a finding in the record, not an exception.
    """
    if folder.exists():  # of an attempt that was cut short: its evidence is not this one's
        shutil.rmtree(folder)
    clock = Clock(say)
    record = TrialRecord(
        **planned.model_dump(),
        status="valid",
        attempt=attempt,
        started_at=datetime.now(UTC),
        machine_speed=environment.machine_speed(parse_cpu_list(lab.topology.service)[0]),
    )
    try:
        record = _measure(lab, prepared, record, parameters, folder, clock)
    except LabError as error:
        lab.engine.wait_back()  # it may be restarting
        record = record.model_copy(update={"findings": (_fault(lab, error, planned.number),)})
    finally:
        _keep_logs(lab, folder)
        with clock.phase("down"):
            lab.clear()
    record = record.model_copy(
        update={"status": validity.status_of(record.findings), "duration_s": clock.spent_s}
    )
    save_trial(folder, record)
    return record


def _measure(
    lab: Lab,
    prepared: Prepared,
    record: TrialRecord,
    parameters: Parameters,
    folder: Path,
    clock: Clock,
) -> TrialRecord:
    with clock.phase("restore"):
        lab.engine.require_disk(FULL_MIB)
        lab.revive()
        lab.database.restore(prepared.template)
        settings = lab.database.settings()
    with clock.phase("start"):
        lab.start_contestant(prepared.contestant, TRIAL)
        cold_start_ms = _wait_cold_start(lab)
        if prepared.tokens_last_s() < parameters.slots.load_s + TOKEN_MARGIN_S:
            prepared.users = prepare.log_in_users(lab, register=False)
    load = _generate_load(lab, prepared, record, parameters, folder, clock)
    summary, samples, topology = load.summary, load.samples, lab.topology
    with clock.phase("drain"):
        tasks, drain_s = accounts.drain(lab, summary.invoices_202)
    with clock.phase("collect"):
        lab.engine.require_disk(FULL_MIB)
        complete = record.model_copy(
            update={
                "cold_start_ms": cold_start_ms,
                "window": summary.window,
                "endpoints": accounts.with_statements(summary.endpoints, prepared),
                "resources": accounts.use(samples, summary, lab.cpus()),
                "endpoint_resources": accounts.use_of_endpoints(samples, summary, lab.cpus()),
                "cores": accounts.cores_of_mix(load.cpus, samples, summary, topology),
                "endpoint_cores": accounts.cores_of_endpoints(
                    load.cpus, samples, summary, topology
                ),
                "rows": accounts.rows(lab, prepared, summary, tasks),
                "statements": accounts.statements_run(lab, summary),
                "tasks": tasks.figures(summary.invoices_202, drain_s),
                "postgres_settings": settings,
            }
        )
        findings = validity.check(complete, lab.config.limits, parameters.vus, topology)
        return complete.model_copy(update={"findings": findings})


def _wait_cold_start(lab: Lab) -> float:
    """Wait for the first correct answer; milliseconds since the container was started."""
    lab.wait_contestant()
    ready = datetime.now(UTC)
    # The engine's stamp has nanoseconds, which datetime has not.
    started = datetime.fromisoformat(
        lab.stack.state("service").started_at[:26].rstrip("Z") + "+00:00"
    )
    return round((ready - started).total_seconds() * 1e3, 1)


def _generate_load(
    lab: Lab,
    prepared: Prepared,
    record: TrialRecord,
    parameters: Parameters,
    folder: Path,
    clock: Clock,
) -> Load:
    stack, slots = lab.stack, parameters.slots
    statements.reset(lab.database, TRIAL)
    beside: tuple[Container, ...] = ("service", "worker", "postgres", "redis")
    located = {name: resources.locate(stack.state(name).pid) for name in beside}
    with resources.Sampler(located) as sampler:
        with clock.phase("warmup"):
            stack.up(
                "k6",
                **parameters.variables(),
                SEED=str(parameters.seed + record.block),
                TRIAL=f"b{record.block}n{record.number}a{record.attempt}",
                USERS=json.dumps(prepared.users),
            )
            sampler.add("k6", resources.locate(stack.state("k6").pid))
            _watch(lab, sampler, slots.warmup_s)
        with clock.phase("measure"):
            _watch(lab, sampler, slots.load_s - slots.warmup_s)
            status = stack.wait("k6", K6_MARGIN_S)
    service = stack.state("service")
    if service.out_of_memory:  # it may have been one of its processes, and be started again
        raise ContainerGoneError("the contestant ran out of memory under load")
    if not service.running:
        raise ContainerGoneError(f"the contestant {service.end} under load")
    output = stack.logs("k6", stderr=False)
    try:
        summary = k6.parse_summary(output)
    except LabError as error:
        raise EngineError(f"k6 ended with status {status}: {error}") from None
    write_atomic(folder / "k6-summary.json", output)
    samples = sampler.samples
    write_atomic(
        folder / "resources.json",
        json.dumps({name: [asdict(s) for s in found] for name, found in samples.items()}),
    )
    write_atomic(folder / "cpus.json", json.dumps([asdict(reading) for reading in sampler.cpus]))
    return Load(summary, samples, sampler.cpus)


def _watch(lab: Lab, sampler: resources.Sampler, seconds: float) -> None:
    """Let the load run for a while, and notice within a second when k6 has ended before.

    Raises ContainerGoneError when another container has.
    """
    deadline = time.monotonic() + seconds
    while (left := deadline - time.monotonic()) > 0:
        time.sleep(min(left, 1.0))
        if sampler.gone:
            for name in ("service", *SERVERS):
                state = lab.stack.state(name)
                if not state.running:
                    raise ContainerGoneError(f"{name} {state.end} under load")
        if not lab.stack.state("k6").running:
            return


def _fault(lab: Lab, error: LabError, number: int) -> Finding:
    """Whose fault it was: the contestant's own when its container is gone, else the lab's."""
    code, cause = "lab-fault", str(error)
    try:
        state = lab.stack.state("service")
        if ended := lab.ended_servers():  # the contestant can do nothing for it
            if not isinstance(error, EngineGoneError):
                cause = "; ".join(f"{name} {end}" for name, end in ended.items())
        elif state.out_of_memory:
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
        trials=(number,),
    )


def _keep_logs(lab: Lab, folder: Path) -> None:
    for name in ("service", "worker", "k6"):
        text = lab.stack.logs(name, stdout=name != "k6")
        write_atomic(folder / f"{name}.log", lab.secrets.redact(text))
