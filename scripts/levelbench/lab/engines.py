"""Factory of engines: the one place that decides which engine runs the lab's containers."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from levelbench.contestants.service import Service
from levelbench.lab import images, lock, machine, sites, topology
from levelbench.lab.compose.engine import ComposeEngine
from levelbench.lab.engine import Engine
from levelbench.lab.images import ImageSet, Say, Source
from levelbench.lab.recipes import Later
from levelbench.model.config import Config
from levelbench.model.topology import Topology


@dataclass(frozen=True)
class Reserved:
    """An engine that this process has for itself, with the lab's images."""

    engine: Engine
    topology: Topology
    images: ImageSet


def connect() -> Engine:
    """The engine that this machine is set up for. Raises EngineError when it does not answer."""
    return ComposeEngine()


@contextmanager
def reserved(
    config: Config,
    source: Source,
    say: Say,
    services: Iterable[Service],
    *,
    timed: bool = True,
    load: bool = True,
) -> Iterator[Reserved]:
    """Lock the engine for a run, remove what an interrupted one left, ensure network and images.

    The images are those that the lab and these contestants start from. `timed`: the run measures
    time, for which the contestant needs cores of its own. `load`: it needs the load generator, the
    image of which may still be built (`ImageSet.wait`). Raises LabError where another run has the
    engine.
    """
    engine = connect()
    cores = topology.plan(machine.read(), config.caps.service.cpus or 1.0, timed=timed)
    with lock.exclusive(engine.id):
        sites.remove_leftovers(engine, say)
        engine.require_network()
        later = Later()
        try:
            shared = images.ensure(
                engine, config.images, source, say, services, load=load, later=later
            )
            yield Reserved(engine, cores, shared)
        finally:
            later.stop()
