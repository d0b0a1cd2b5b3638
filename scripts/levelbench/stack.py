"""A contestant up and ready for people and for tests: published on the loopback interface."""

import socket
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager

from levelbench import environment, images, prepare, topology
from levelbench.config import load_config
from levelbench.contract.endpoint import Endpoint
from levelbench.dataset import generate
from levelbench.engine import PROJECT_PREFIX, Engine
from levelbench.errors import LabError
from levelbench.lab import Contestant, Lab
from levelbench.services import Service, discover

UP = "up"
PREFERRED_PORT = 8000


def up(
    service: Service,
    project: str,
    source: images.Source = "auto",
    port: int | None = None,
    say: Callable[[str], None] = lambda message: None,
) -> Endpoint:
    """Bring a contestant up with the dataset, in a project of its own, replacing what was there.

    `port` is the loopback port; None takes 8000, or a free one where that is in use.
    Raises LabError.
    """
    config, engine = load_config(), Engine()
    engine.remove_project(PROJECT_PREFIX + project)
    base = images.ensure(engine, config.images, source, say)
    contestant = Contestant(service, images.build_service(engine, service, base.python, say))
    cores = topology.plan(topology.read_cores(environment.available_cpus()))
    lab = Lab(engine, config, cores, base, project, published_port=port or _free_port())
    say(f"starting {service.name} with PostgreSQL and Redis")
    try:
        lab.start()
        name = prepare.prepare_database(lab, contestant, generate(config.dataset))
        lab.start_contestant(contestant, name)
        lab.wait_contestant()
    except BaseException:
        lab.down()
        raise
    return Endpoint(
        base_url=f"http://127.0.0.1:{lab.stack.published_port()}",
        jwt_secret=lab.secrets.jwt_secret,
        service=service.name,
        stop=lab.stack.stop,
        start=lab.stack.start,
    )


def up_project(name: str) -> str:
    """The project of `make up-<name>`: each contestant has its own, so that all may be up."""
    return f"{UP}-{name}"


@contextmanager
def running(name: str) -> Iterator[Endpoint]:
    """A contestant for a test, gone afterwards. Raises LabError."""
    project = f"test-{name}"
    endpoint = up(discover()[name], project, port=_free_port(preferred=0))
    try:
        yield endpoint
    finally:
        Engine().remove_project(PROJECT_PREFIX + project)


def _free_port(preferred: int = PREFERRED_PORT) -> int:
    """`preferred` if nothing listens on it, else a port that the system picks."""
    for port in (preferred, 0):
        with closing(socket.socket()) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise LabError("no port is free on the loopback interface")
