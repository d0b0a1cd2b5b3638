"""The lab: one database, one broker, and the contestants that use them."""

import re
import secrets
from dataclasses import dataclass, field

from levelbench.contestants.service import Service
from levelbench.errors import LabError
from levelbench.lab import database, listening, waiting
from levelbench.lab.database import Database
from levelbench.lab.engine import Engine, require_disk
from levelbench.lab.images import ImageSet
from levelbench.lab.k6 import K6
from levelbench.lab.meters.sampler import Source
from levelbench.lab.site import ContainerGoneError, EngineError, Site
from levelbench.load.generator import LoadGenerator
from levelbench.model.config import Config
from levelbench.model.topology import Topology, cpu_count
from levelbench.model.vocabulary import CONTAINERS, Container

SERVERS: tuple[Container, ...] = ("postgres", "redis")
BIND = f"Let bin/serve bind 0.0.0.0:{listening.PORT}."
DISK_MIB = 512
"""What the database may take: its cluster 100 MiB, 15 MiB a template, the rest its log."""
INSTRUMENTED_MEMORY = 4
"""Times the contestant's memory cap, under callgrind: it keeps translated code and its counts."""
FULL_MIB = 64
"""With less than this on the engine's disk, what a trial shows may be that and nothing else."""


@dataclass(frozen=True)
class Secrets:
    """Made for each run, never written to a file."""

    postgres_password: str = field(default_factory=lambda: secrets.token_hex(16), repr=False)
    contestant_password: str = field(default_factory=lambda: secrets.token_hex(16), repr=False)
    worker_password: str = field(default_factory=lambda: secrets.token_hex(16), repr=False)
    jwt_secret: str = field(default_factory=lambda: secrets.token_hex(32), repr=False)
    user_password: str = field(default_factory=lambda: secrets.token_hex(12), repr=False)

    def redact(self, text: str) -> str:
        """`text` without any of the secrets: logs are published with the report."""
        for secret in vars(self).values():
            text = text.replace(secret, "[redacted]")
        return text


@dataclass(frozen=True)
class Contestant:
    """A service and the image built from it."""

    service: Service
    image: str

    @property
    def name(self) -> str:
        return self.service.name


@dataclass(frozen=True)
class Seat:
    """A contestant's place: its containers, its database, its part of the broker."""

    site: Site
    """Has `service`, `worker` and `k6`; the first seat's has the servers as well."""
    number: int

    @property
    def database(self) -> str:
        """The database of a trial."""
        return f"trial_{self.number}"

    @property
    def generator(self) -> LoadGenerator[Source]:
        """The load generator of this seat's contestant."""
        return K6(self.site)


class Lab:
    """The containers of one run, wired to their images, cores, caps and secrets."""

    def __init__(
        self,
        engine: Engine,
        config: Config,
        topology: Topology,
        images: ImageSet,
        name: str,
        published_port: int | None = None,
        *,
        watched: bool = False,
        instrumented: bool = False,
    ) -> None:
        """`watched`: the engine runs health checks too, for people who look at it.
        `instrumented`: the contestant runs under callgrind, which takes memory of its own."""
        self.engine = engine
        self.config = config
        self.topology = topology
        self.images = images
        self.published_port = published_port
        self.secrets = Secrets()
        variables = self._shared_variables()
        if instrumented:
            memory_mib = INSTRUMENTED_MEMORY * config.caps.service.memory_mib
            variables["SERVICE_MEMORY"] = f"{memory_mib}m"
        self.site = engine.site(
            name, variables, published_port, watched=watched, instrumented=instrumented
        )
        self.database = Database(self.site)
        self.seats = [Seat(self.site, 0)]

    def _shared_variables(self) -> dict[str, str]:
        caps = self.config.caps
        variables = {
            "POSTGRES_IMAGE": self.images.postgres,
            "REDIS_IMAGE": self.images.redis,
            "K6_IMAGE": self.images.k6,
            "PYTHON_IMAGE": self.images.python,
            "POSTGRES_PASSWORD": self.secrets.postgres_password,
            "JWT_SECRET": self.secrets.jwt_secret,
            "SERVICE_CPUS": f"{self._service_cpus():g}",
        }
        for container, cpuset in self.topology.cpusets().items():
            variables[f"{container.upper()}_CPUSET"] = cpuset
            variables[f"{container.upper()}_MEMORY"] = f"{getattr(caps, container).memory_mib}m"
        return variables

    def cpus(self) -> dict[Container, float]:
        """How many CPUs each container may use: those of its cpuset, or fewer by its cap."""
        cpusets = self.topology.cpusets()
        found: dict[Container, float] = {name: cpu_count(cpusets[name]) for name in CONTAINERS}
        return {**found, "service": min(found["service"], self._service_cpus())}

    def _service_cpus(self) -> float:
        return self.config.caps.service.cpus or cpu_count(self.topology.service)

    def start(self) -> None:
        """Start the database and the broker, and wait for them. Raises EngineError."""
        require_disk(self.engine, DISK_MIB)
        self.site.up(*SERVERS)
        self._wait_ready(self.site, *SERVERS)
        self.database.create_roles(self.secrets.contestant_password, self.secrets.worker_password)

    def _wait_ready(
        self,
        site: Site,
        *roles: Container,
        timeout_s: float | None = None,
        poll_s: float = waiting.POLL_S,
    ) -> None:
        timeout_s = timeout_s or self.config.limits.ready_timeout_s
        waiting.wait_ready(site, *roles, timeout_s=timeout_s, poll_s=poll_s)

    def server_versions(self) -> dict[str, str]:
        """Versions of the database and the broker."""
        redis = self.site.exec("redis", ["redis-cli", "info", "server"])
        found = re.search(r"redis_version:(\S+)", redis)
        return {
            "postgres": self.database.psql("SHOW server_version"),
            "redis": found[1] if found else "unknown",
        }

    def seat(self, number: int) -> Seat:
        """The seat of a number, from 0 on: contestants at different seats are up together."""
        for own in range(len(self.seats), number + 1):
            self.seats.append(Seat(self.site.seat(own), own))
        return self.seats[number]

    def variables(self, contestant: Contestant, database_name: str) -> dict[str, str]:
        """The variables of a contestant on one database, for `Site.up`."""
        return {
            "SERVICE": contestant.name,
            "SERVICE_IMAGE": contestant.image,
            "DATABASE_URL": _url(database.OWNER, self.secrets.contestant_password, database_name),
            "WORKER_DATABASE_URL": _url(
                database.WORKER, self.secrets.worker_password, database_name
            ),
            **contestant.service.environment,
            "READY": contestant.service.spec.ready,
        }

    def start_contestant(
        self,
        contestant: Contestant,
        database_name: str,
        seat: Seat | None = None,
        *,
        all_cores: bool = False,
        **more: str,
    ) -> None:
        """Start the contestant and its worker in fresh containers, without waiting.

        `all_cores` lifts the contestant's CPU cap: for what is not timed. `more`: variables of the
        compose files.
        """
        variables = {**self.variables(contestant, database_name), **more}
        if all_cores:
            variables["SERVICE_CPUSET"] = self.topology.everything
            variables["SERVICE_CPUS"] = str(cpu_count(self.topology.everything))
        (seat or self.seats[0]).site.up("service", "worker", **variables)

    def wait_contestant(
        self,
        seat: Seat | None = None,
        timeout_s: float | None = None,
        poll_s: float = waiting.POLL_S,
    ) -> None:
        """Wait until the contestant answers `ready`. Raises ContainerGoneError, EngineError."""
        site = (seat or self.seats[0]).site
        try:
            self._wait_ready(site, "service", timeout_s=timeout_s, poll_s=poll_s)
        except ContainerGoneError:
            raise
        except EngineError as error:
            if reason := _unreachable(site):
                raise EngineError(f"{error.cause}: {reason}", BIND).of("service") from None
            raise

    def require_reachable(self) -> None:
        """Raises EngineError where a contestant that is ready listens for its own container only.

        The health check runs in the container, so that it does not notice. Not part of a trial: it
        would be in the cold start.
        """
        if reason := _unreachable(self.site):
            raise EngineError(f"no other container reaches the contestant: {reason}", BIND).of(
                "service"
            )

    def clear(self) -> None:
        """Remove every contestant, its worker and its load generator, and the gate; empty the
        broker."""
        self.site.remove("turns")
        for seat in self.seats:
            seat.site.remove("service", "worker", "k6")
        if waiting.is_running(self.site, "redis"):  # a stopped one holds nothing
            self.site.exec("redis", ["redis-cli", "flushall"])

    def ended_servers(self) -> dict[Container, str]:
        """Name -> how it ended, of the database and the broker; empty when both are up."""
        states = {name: waiting.state(self.site, name) for name in SERVERS}
        return {name: state.end for name, state in states.items() if not state.running}

    def revive(self) -> None:
        """Start the database and the broker again if they have ended; the templates are on a
        volume and still there. Raises EngineError.
        """
        ended = self.ended_servers()
        for name in ended:
            self.site.start(name)
        self._wait_ready(self.site, *ended)

    def down(self) -> None:
        """Remove everything that the lab has started; the servers, which all seats use, last."""
        for seat in reversed(self.seats):
            seat.site.down()


def _unreachable(site: Site) -> str:
    """Why other containers cannot reach the contestant; empty if they can, or if it is unknown."""
    try:
        return listening.fault(site.exec("service", ["sh", "-c", listening.SCRIPT]))
    except LabError:
        return ""


def _url(role: str, password: str, database_name: str) -> str:
    return f"postgresql://{role}:{password}@postgres:5432/{database_name}"
