"""Run all of the doctor's checks, in the order of its table."""

from collections.abc import Callable
from contextlib import nullcontext
from functools import partial

from levelbench.lab import engines, environment, lock
from levelbench.lab import images as lab_images
from levelbench.lab.doctor import clock, cores, engine, images, memory, processor, speed, watch
from levelbench.lab.doctor.cores import Cores
from levelbench.lab.doctor.diagnosis import Diagnosis
from levelbench.lab.engine import Engine
from levelbench.lab.machine import read as read_machine
from levelbench.lab.site import EngineError
from levelbench.model.config import Config

Say = Callable[[str], None]


def examine(config: Config, say: Say) -> list[Diagnosis]:
    """Examine this machine and its engine; takes about fifteen seconds.

    Raises LabError while a bench runs: the timed loops would disturb it.
    """
    try:
        found: Engine | EngineError = engines.connect()
    except EngineError as error:
        found = error
    with nullcontext() if isinstance(found, EngineError) else lock.exclusive(found.id):
        machine = cores.examine(read_machine(), config.caps.service.cpus or 1.0)
        return [
            machine.check,
            processor.model(),
            processor.frequency(machine.cpus),
            processor.accounting(environment.cpu_accounting()),
            *_busy(machine, say),
            _steady(machine, say),
            *(
                [memory.memory(config.caps, None), engine.missing(found)]
                if isinstance(found, EngineError)
                else _engine(found, config, machine)
            ),
            clock.clock(clock.read()),
        ]


def _busy(machine: Cores, say: Say) -> list[Diagnosis]:
    say(f"measuring the load on this machine for {watch.SECONDS:g} s")
    seen = watch.watch()
    return [
        watch.steal(seen, machine.cpus),
        watch.load(seen, machine.cpus, machine.contestant),
    ]


def _steady(machine: Cores, say: Say) -> Diagnosis:
    time_loop = partial(environment.machine_speed, machine.contestant)
    say(f"timing a fixed loop on CPU {machine.contestant}, {speed.REPETITIONS} times")
    others_idle = speed.measure(time_loop)
    others_busy = None
    if others_idle and machine.others:
        say("timing it again with the other cores busy")
        with speed.busy(machine.others):
            others_busy = speed.measure(time_loop)
    return speed.speed(others_idle, others_busy)


def _engine(found: Engine, config: Config, machine: Cores) -> list[Diagnosis]:
    return [
        memory.memory(config.caps, found.describe().memory_mib),
        *found.checks(machine.topology),
        engine.disk(found.disk_free_mib(), found.disk_remedy),
        images.images(config.images, lab_images.choose(found, config.images.references(), "auto")),
    ]
