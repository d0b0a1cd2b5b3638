"""Start a contestant for people and tests, published on the loopback interface."""

import socket
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass

from levelbench import interruption
from levelbench.contestants.service import Service
from levelbench.errors import LabError
from levelbench.lab import engines, images, machine, prepare, topology
from levelbench.lab.address import Address
from levelbench.lab.dataset import Rows, generate
from levelbench.lab.images import Say
from levelbench.lab.lab import Contestant, Lab
from levelbench.model.config import ROOT, load_config

PREFERRED_PORT = 8000


@dataclass(frozen=True)
class Running:
    """A contestant that is up on a database of its own, and how to control it."""

    lab: Lab
    contestant: Contestant
    database: str
    rows: Rows
    """What was loaded into the database."""
    endpoint: Address


def up(
    service: Service,
    site: str,
    source: images.Source = "auto",
    port: int | None = None,
    scale: int = 1,
    say: Say = lambda message: None,
    *,
    watched: bool = False,
) -> Running:
    """Bring a contestant up with the dataset, in a site of its own, replacing what was there.

    `port` is the loopback port; None takes 8000, or a free one where that is in use. `watched`:
    the engine runs health checks, which cost statements.
    Raises LabError.
    """
    config, engine = load_config(), engines.connect()
    if (owner := engine.owner(site)) not in (None, ROOT):
        raise LabError(
            f"{service.name} is up from another checkout, {owner}",
            "`make down` removes all containers that `up` started.",
        )
    engine.remove_site(site)
    engine.require_network()
    if port is not None and not _is_free(port):
        raise LabError(f"port {port} is in use", "Choose another, or leave it to the lab.")
    load = service.spec.is_guest  # its journey is tried
    shared = images.ensure(engine, config.images, source, say, [service], load=load)
    contestant = Contestant(service, images.build_service(engine, service, shared, say))
    cores = topology.plan(machine.read(), config.caps.service.cpus or 1.0, timed=False)
    port = port or free_port()
    lab = Lab(engine, config, cores, shared, site, published_port=port, watched=watched)
    rows = generate(config.dataset, scale)
    say(f"starting {service.name} with PostgreSQL and Redis")
    name = _start(lab, contestant, rows)
    endpoint = Address(
        base_url=f"http://127.0.0.1:{port}",
        jwt_secret=lab.secrets.jwt_secret,
        service=service.name,
        stop=lab.site.stop,
        start=lab.site.start,
        tasks=service.spec.tasks,
    )
    return Running(lab, contestant, name, rows, endpoint)


def _start(lab: Lab, contestant: Contestant, rows: Rows) -> str:
    """Start the servers, then the contestant, and wait for it; the name of its database.

    Removes everything if that fails.
    """
    try:
        lab.start()
        name = prepare.prepare_database(lab, contestant, rows)
        lab.start_contestant(contestant, name)
        lab.wait_contestant()
        lab.require_reachable()
    except BaseException:
        with interruption.ignored():
            lab.down()
        raise
    return name


@contextmanager
def running(
    service: Service,
    site: str,
    source: images.Source = "auto",
    scale: int = 1,
    say: Say = lambda message: None,
) -> Iterator[Running]:
    """A contestant on a free loopback port for as long as the context lasts. Raises LabError."""
    found = up(service, site, source, free_port(preferred=0), scale, say)
    try:
        yield found
    finally:
        with interruption.ignored():
            found.lab.down()


def free_port(preferred: int = PREFERRED_PORT) -> int:
    """`preferred` if nothing listens on it, else a port that the system picks."""
    for port in (preferred, 0):
        if found := _is_free(port):
            return found
    raise LabError("no port is free on the loopback interface")


def _is_free(port: int) -> int | None:
    """The port, one that the system picks for 0, if nothing listens on it; else None."""
    with closing(socket.socket()) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return None
        return int(probe.getsockname()[1])
