"""Generate the load of a trial and read counters meanwhile: one contestant, or several in turn."""

import json
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path

from levelbench.bench.phases import Clock
from levelbench.errors import LabError
from levelbench.lab import statements, turns, waiting
from levelbench.lab.gate import Plan
from levelbench.lab.lab import SERVERS, Lab, Seat
from levelbench.lab.meters import cpus as cores
from levelbench.lab.meters import hardware
from levelbench.lab.meters.neighbours import OWN, Beside
from levelbench.lab.meters.sampler import Sample, Sampler, Source
from levelbench.lab.prepare import Prepared
from levelbench.lab.site import ContainerGoneError, OutOfMemoryError, Site
from levelbench.lab.turns import Gate, GateError
from levelbench.load import schedule
from levelbench.load.generator import Assignment, LoadGenerator
from levelbench.load.parameters import Parameters
from levelbench.load.summary import Summary
from levelbench.load.timing import Timing
from levelbench.model.files import write_atomic
from levelbench.model.vocabulary import Container, Origin

WATCH_S = 1.0
"""Between two looks at whether the load has ended early."""


@dataclass(frozen=True)
class Target:
    """A contestant that is up, and what the load on it needs to know."""

    seat: Seat
    prepared: Prepared
    folder: Path
    seed: int
    label: str
    prefix: str
    """Of the usernames that are registered: its own in each trial on a database."""


@dataclass(frozen=True)
class Load:
    """The output of a load generator, and the counters read meanwhile."""

    summary: Summary
    samples: dict[Container, list[Sample]]
    counters: Origin
    """Where they were read."""
    cpus: list[cores.Reading]
    beside: list[Beside]
    """Of contestants that were up as well, in turn with this one."""


Outcome = Load | LabError
"""A contestant's load, or why there is none."""


def generate(
    lab: Lab, targets: Sequence[Target], parameters: Parameters, clock: Clock
) -> list[Outcome]:
    """Put the load on every target: each has it for itself, and several take turns.

    Raises LabError when nothing of it is of use.
    """
    timing = parameters.timing
    if timing.slices == 1 and len(targets) > 1:
        raise ValueError("contestants that are up together take turns")
    gate = Gate(lab.site) if timing.slices > 1 else None
    for target in targets:
        statements.reset(lab.database, target.seat.database)
    with ExitStack() as samplers:
        servers = samplers.enter_context(Sampler(_sources(lab.site, SERVERS)))
        own = []
        for target in targets:
            sources = _sources(target.seat.site, OWN)
            if parameters.workload.alone:  # costs time at each switch: not in loads of a mix
                counted = hardware.counted(sources["service"])
                sources["service"] = samplers.enter_context(counted)
            own.append(samplers.enter_context(Sampler(sources)))
        with clock.phase("warmup"):
            if gate:
                plan = _plan(lab, targets, parameters)
                gate.start(plan, lab.config.limits.ready_timeout_s)
            warm_s = time.monotonic() + len(targets) * timing.warmup_s
            _start_generators(targets, own, parameters, gate)
            _watch(lab, targets, own, servers, warm_s - time.monotonic())
        with clock.phase("measure"):
            _watch(lab, targets, own, servers, _longest_s(lab, targets, timing))
            _wait_ended(lab, targets)
            for sampler in (servers, *own):
                sampler.catch_up(lab.config.limits.counters_timeout_s)
            if gate:
                gate.require_over()
            log = gate.log() if gate else None
            together = zip(targets, own, strict=True) if len(targets) > 1 else ()
            beside = [_beside(*each) for each in together]
            return [
                _outcome(
                    number, target, sampler, servers, [*beside[:number], *beside[number + 1 :]], log
                )
                for number, (target, sampler) in enumerate(zip(targets, own, strict=True))
            ]


def _sources(site: Site, names: Sequence[Container]) -> dict[Container, Source]:
    return {name: site.sources(name)[0] for name in names}


def _plan(lab: Lab, targets: Sequence[Target], parameters: Parameters) -> Plan:
    """All turns of the targets, for the gate."""
    timing, timeout_s = parameters.timing, lab.config.turns.timeout_s
    seed = targets[0].seed  # the block's, whoever of it is measured
    rounds = schedule.alternate(len(targets), timing.measure_s, timing.slices, seed)
    return {
        "vus": parameters.vus,
        "settle_ms": round(1e3 * timing.settle_s),
        "tail_ms": round(1e3 * timing.tail_s),
        "timeout_ms": round(1e3 * timeout_s),
        "rounds": [
            {
                "warmup_ms": 0 if one.window_ms else 1000 * timing.warmup_s,
                "window_ms": one.window_ms,
                "order": list(one.order),
            }
            for one in rounds
        ],
    }


def _longest_s(lab: Lab, targets: Sequence[Target], timing: Timing) -> float:
    """The longest time from the warm-ups to the end of the load."""
    longest_s: float = timing.load_s - timing.warmup_s
    if timing.slices > 1:  # the gate gives a contestant up after each of its turns
        longest_s += (timing.slices + 1) * lab.config.turns.timeout_s
    return len(targets) * longest_s


def _start_generators(
    targets: Sequence[Target],
    samplers: Sequence[Sampler],
    parameters: Parameters,
    gate: Gate | None,
) -> None:
    """Start every target's load generator; those that take turns ask the gate for them."""

    def start(number: int, target: Target, sampler: Sampler) -> None:
        service = target.prepared.contestant.service
        exhibit = service.spec.exhibit
        assignment = Assignment(
            parameters=parameters,
            seed=target.seed,
            prefix=target.prefix,
            users=target.prepared.users,
            unchecked={"list": exhibit.unchecked()} if exhibit else {},
            journey=service.journey,
            gate=gate.url(number) if gate else None,
        )
        sampler.add("k6", target.seat.generator.start(assignment))

    with ThreadPoolExecutor(len(targets)) as threads:
        started = [
            threads.submit(start, number, *each)
            for number, each in enumerate(zip(targets, samplers, strict=True))
        ]
        for one in started:
            one.result()


def _watch(
    lab: Lab,
    targets: Sequence[Target],
    samplers: Sequence[Sampler],
    servers: Sampler,
    seconds: float,
) -> None:
    """Let the load run for a while, and notice within a second when it has ended before, since all
    contestants or all load generators have.

    Raises ContainerGoneError when one of the servers has.
    """
    deadline = time.monotonic() + seconds
    while (left := deadline - time.monotonic()) > 0:
        time.sleep(min(left, WATCH_S))
        if servers.gone and (ended := lab.ended_servers()):
            raise ContainerGoneError(
                "; ".join(f"{name} {end} under load" for name, end in ended.items())
            )
        going_on = [
            target
            for target, sampler in zip(targets, samplers, strict=True)
            if not sampler.gone or _goes_on(target)
        ]
        if not going_on:
            return


def _goes_on(target: Target) -> bool:
    return waiting.is_running(target.seat.site, "service") and target.seat.generator.running()


def _wait_ended(lab: Lab, targets: Sequence[Target]) -> None:
    """Until every load generator has ended; not waited for where the contestant is gone."""
    for target in targets:
        if waiting.is_running(target.seat.site, "service"):
            target.seat.generator.wait(lab.config.limits.generator_exit_timeout_s)


def _beside(target: Target, sampler: Sampler) -> Beside:
    """A target's readings, as the others' trials need them."""
    site, samples = target.seat.site, sampler.samples
    ended = frozenset(name for name in OWN if not waiting.is_running(site, name))
    return Beside(target.label, samples, ended)


def _summary(
    number: int, generator: LoadGenerator[Source], outputs: Mapping[str, str], log: str | None
) -> Summary:
    """The summary of a load generator, with the same slices as the gate's log. Raises LabError."""
    if log is None:
        return generator.summary(outputs)
    try:
        summary = generator.summary(outputs)
    except GateError:
        raise
    except LabError:
        turns.slices(log, number)  # says why, where users did not come back
        raise
    if tuple(turns.slices(log, number)) != summary.bounds:
        raise GateError("the load generator's slices are not those that the gate gave it")
    return summary


def _outcome(
    number: int,
    target: Target,
    sampler: Sampler,
    servers: Sampler,
    beside: Sequence[Beside],
    log: str | None,
) -> Outcome:
    """What came of one target's load; its evidence is kept. `log`: the gate's."""
    service = waiting.state(target.seat.site, "service")
    if not service.running:
        return ContainerGoneError(f"the contestant {service.end} under load")
    # One of its processes may have been killed, and started again by its server: the engine counts
    # a container's first process only.
    if service.out_of_memory or any(sample.oom_kills for sample in sampler.samples["service"]):
        return OutOfMemoryError("the contestant ran out of memory under load")
    generator = target.seat.generator
    outputs = generator.outputs()
    for name, output in outputs.items():  # kept first: they may not be parseable
        write_atomic(target.folder / name, output)
    if log is not None:
        write_atomic(target.folder / turns.LOG_FILE, log)
    try:
        summary = _summary(number, generator, outputs, log)
    except LabError as error:
        return error
    samples = {**sampler.samples, **servers.samples}
    write_atomic(
        target.folder / "resources.json",
        json.dumps({name: [asdict(s) for s in found] for name, found in samples.items()}),
    )
    cpus = servers.cpus
    origin: Origin = "engine" if "engine" in (sampler.origin, servers.origin) else "cgroup"
    write_atomic(target.folder / "cpus.json", json.dumps([asdict(reading) for reading in cpus]))
    return Load(summary, samples, origin, cpus, list(beside))
