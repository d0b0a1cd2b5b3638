"""Generate the load of a trial and read counters meanwhile: one contestant, or several in turn."""

import json
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path

from levelbench.bench.phases import Clock
from levelbench.errors import LabError
from levelbench.lab import statements, waiting
from levelbench.lab.lab import SERVERS, Lab, Seat
from levelbench.lab.meters import cpus as cores
from levelbench.lab.meters.neighbours import OWN, Beside
from levelbench.lab.meters.sampler import Sample, Sampler, Source
from levelbench.lab.prepare import Prepared
from levelbench.lab.site import ContainerGoneError, OutOfMemoryError, Site
from levelbench.load import schedule
from levelbench.load.generator import Assignment
from levelbench.load.parameters import Parameters
from levelbench.load.schedule import Turn
from levelbench.load.summary import Summary
from levelbench.model.files import write_atomic
from levelbench.model.vocabulary import Container, Origin

Plan = Sequence[Turn]
"""One contestant's turns."""

WATCH_S = 1.0
"""Between two looks at whether the load has ended early."""
LEAD_S = 4.0
"""Before the first turn, so that every load generator is there when it begins, and so much more for
each of them: six, started side by side on one core, took up to 8.2 s. Each waits until just before.
"""
LEAD_EACH_S = 1.0


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
    plans = _plans(targets, parameters)
    for target in targets:
        statements.reset(lab.database, target.seat.database)
    with ExitStack() as samplers:
        servers = samplers.enter_context(Sampler(_sources(lab.site, SERVERS)))
        own = [
            samplers.enter_context(Sampler(_sources(target.seat.site, OWN))) for target in targets
        ]
        with clock.phase("warmup"):
            warm_s = time.monotonic() + _lead_s(plans) + len(targets) * parameters.timing.warmup_s
            _start_generators(targets, own, parameters, plans)
            _watch(lab, targets, own, servers, warm_s - time.monotonic())
        with clock.phase("measure"):
            timing = parameters.timing
            _watch(lab, targets, own, servers, len(targets) * (timing.load_s - timing.warmup_s))
            _wait_ended(lab, targets)
            for sampler in (servers, *own):
                sampler.catch_up(lab.config.limits.counters_timeout_s)
            together = zip(targets, own, strict=True) if len(targets) > 1 else ()
            beside = [_beside(*each) for each in together]
            return [
                _outcome(target, sampler, servers, [*beside[:place], *beside[place + 1 :]])
                for place, (target, sampler) in enumerate(zip(targets, own, strict=True))
            ]


def _sources(site: Site, names: Sequence[Container]) -> dict[Container, Source]:
    return {name: site.sources(name)[0] for name in names}


def _plans(targets: Sequence[Target], parameters: Parameters) -> Sequence[Plan]:
    """The turns of each target; empty where contestants do not take turns."""
    timing = parameters.timing
    if timing.slices == 1:
        if len(targets) > 1:
            raise ValueError("contestants that are up together take turns")
        return ((),)
    seed = targets[0].seed  # the block's, whoever of it is measured
    return schedule.alternate(
        len(targets),
        timing.warmup_s,
        timing.slice_s,
        timing.slices,
        seed,
        timing.settle_s,
        timing.tail_s,
    )


def _lead_s(plans: Sequence[Plan]) -> float:
    return LEAD_S + LEAD_EACH_S * len(plans) if plans[0] else 0.0


def _start_generators(
    targets: Sequence[Target],
    samplers: Sequence[Sampler],
    parameters: Parameters,
    plans: Sequence[Plan],
) -> None:
    """Start every target's load generator; those that take turns count from one moment on."""
    origin_epoch_ms = round((time.time() + _lead_s(plans)) * 1e3)

    def start(target: Target, sampler: Sampler, plan: Plan) -> None:
        exhibit = target.prepared.contestant.service.spec.exhibit
        assignment = Assignment(
            parameters=parameters,
            seed=target.seed,
            prefix=target.prefix,
            users=target.prepared.users,
            unchecked={"list": exhibit.unchecked()} if exhibit else {},
            turns=plan,
            origin_epoch_ms=origin_epoch_ms,
        )
        sampler.add("k6", target.seat.generator.start(assignment))

    with ThreadPoolExecutor(len(targets)) as threads:
        started = [
            threads.submit(start, *each) for each in zip(targets, samplers, plans, strict=True)
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


def _outcome(
    target: Target, sampler: Sampler, servers: Sampler, beside: Sequence[Beside]
) -> Outcome:
    """What came of one target's load; its evidence is kept."""
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
    try:
        summary = generator.summary(outputs)
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
