"""The lab itself: one database and one broker, and beside them one contestant at a time."""

import re
import secrets
from dataclasses import dataclass, field

from levelbench.contestants.discovery import Service
from levelbench.lab import database
from levelbench.lab.compose.engine import PROJECT_PREFIX, Engine
from levelbench.lab.compose.stack import NETWORK_FILE, PUBLISH_FILE, SEAT_FILE, Stack
from levelbench.lab.database import Database
from levelbench.lab.images import ImageSet
from levelbench.model.config import Config
from levelbench.model.topology import Topology, cpu_count
from levelbench.model.vocabulary import CONTAINERS, Container

WATCHED, UNWATCHED = "30s", "1h"
"""Between two of the engine's health checks."""


SERVERS: tuple[Container, ...] = ("postgres", "redis")
DISK_MIB = 512
"""What the database may take: its cluster 100 MiB, 15 MiB a template, the rest its log."""
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

    stack: Stack
    """Has `service`, `worker` and `k6`; the first seat's has the servers as well."""
    number: int

    @property
    def database(self) -> str:
        """The database of a trial."""
        return f"trial_{self.number}"


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
    ) -> None:
        """`watched`: the engine runs the health checks now and then, for people who look at it."""
        self.engine = engine
        self.config = config
        self.topology = topology
        self.images = images
        self.secrets = Secrets()
        self.stack = Stack(
            engine,
            PROJECT_PREFIX + name,
            self._shared_variables(published_port, WATCHED if watched else UNWATCHED),
            (NETWORK_FILE, PUBLISH_FILE) if published_port is not None else (NETWORK_FILE,),
        )
        self.database = Database(self.stack)
        self.seats = [Seat(self.stack, 0)]

    def _shared_variables(self, published_port: int | None, health_interval: str) -> dict[str, str]:
        caps = self.config.caps
        variables = {
            "POSTGRES_IMAGE": self.images.postgres,
            "REDIS_IMAGE": self.images.redis,
            "K6_IMAGE": self.images.k6,
            "POSTGRES_PASSWORD": self.secrets.postgres_password,
            "JWT_SECRET": self.secrets.jwt_secret,
            "HEALTH_INTERVAL": health_interval,
            "SERVICE_CPUS": f"{self._service_cpus():g}",
            # Filled in for each contestant; the compose file wants a value at all times.
            "SERVICE": "none",
            "SERVICE_IMAGE": "none",
            "DATABASE_URL": "none",
            "WORKER_DATABASE_URL": "none",
        }
        for container, cpuset in self.topology.cpusets().items():
            variables[f"{container.upper()}_CPUSET"] = cpuset
            variables[f"{container.upper()}_MEMORY"] = f"{getattr(caps, container).memory_mib}m"
        if published_port is not None:
            variables["PUBLISHED_PORT"] = str(published_port)
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
        self.engine.require_disk(DISK_MIB)
        self.stack.up(*SERVERS)
        self.stack.wait_ready(*SERVERS, timeout_s=self.config.limits.ready_timeout_s)
        self.database.create_roles(self.secrets.contestant_password, self.secrets.worker_password)

    def server_versions(self) -> dict[str, str]:
        """What the database and the broker say of their versions."""
        redis = self.stack.exec("redis", ["redis-cli", "info", "server"])
        found = re.search(r"redis_version:(\S+)", redis)
        return {
            "postgres": self.database.psql("SHOW server_version"),
            "redis": found[1] if found else "unknown",
        }

    def seat(self, number: int) -> Seat:
        """The seat of a number, from 0 on. Those beside the first are projects of their own, joined
        to its network."""
        while len(self.seats) <= number:
            own = len(self.seats)
            variables = {
                **self.stack.environment,
                "LAB_NETWORK": f"{self.stack.project}_lab",
                "SERVICE_HOST": f"contestant-{own}",
                "REDIS_DATABASE": str(own),
            }
            project = f"{self.stack.project}-{own}"
            self.seats.append(Seat(Stack(self.engine, project, variables, (SEAT_FILE,)), own))
        return self.seats[number]

    def variables(self, contestant: Contestant, database_name: str) -> dict[str, str]:
        """The compose variables of a contestant on one database."""
        return {
            "SERVICE": contestant.name,
            "SERVICE_IMAGE": contestant.image,
            "DATABASE_URL": _url(database.OWNER, self.secrets.contestant_password, database_name),
            "WORKER_DATABASE_URL": _url(
                database.WORKER, self.secrets.worker_password, database_name
            ),
        }

    def start_contestant(
        self,
        contestant: Contestant,
        database_name: str,
        seat: Seat | None = None,
        *,
        all_cores: bool = False,
    ) -> None:
        """Start the contestant and its worker in fresh containers, without waiting.

        `all_cores` lifts the contestant's CPU cap: for preparation, outside all figures.
        """
        variables = self.variables(contestant, database_name)
        if all_cores:
            variables["SERVICE_CPUSET"] = self.topology.everything
            variables["SERVICE_CPUS"] = str(cpu_count(self.topology.everything))
        (seat or self.seats[0]).stack.up("service", "worker", **variables)

    def wait_contestant(self, seat: Seat | None = None) -> None:
        """Wait until the contestant answers `ready`. Raises ContainerGoneError, EngineError."""
        stack = (seat or self.seats[0]).stack
        stack.wait_ready("service", timeout_s=self.config.limits.ready_timeout_s)

    def clear(self) -> None:
        """Remove every contestant, its worker and its load generator; empty the broker."""
        for seat in self.seats:
            seat.stack.remove("service", "worker", "k6")
        if self.stack.state("redis").running:  # a stopped one holds nothing
            self.stack.exec("redis", ["redis-cli", "flushall"])

    def ended_servers(self) -> dict[str, str]:
        """Name -> how it ended, of the database and the broker; empty when both are up."""
        states = {name: self.stack.state(name) for name in SERVERS}
        return {name: state.end for name, state in states.items() if not state.running}

    def revive(self) -> None:
        """Start the database and the broker again if they have ended; the templates are on a
        volume and still there. Raises EngineError.
        """
        ended = self.ended_servers()
        for name in ended:
            self.stack.start(name)
        if ended:
            self.stack.wait_ready(*ended, timeout_s=self.config.limits.ready_timeout_s)

    def down(self) -> None:
        """Remove all that the lab has started; the project whose network the others join, last."""
        for seat in reversed(self.seats):
            seat.stack.down()


def _url(role: str, password: str, database_name: str) -> str:
    return f"postgresql://{role}:{password}@postgres:5432/{database_name}"
