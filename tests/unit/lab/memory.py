"""An engine in memory: containers that start at once, PostgreSQL's answers, recorded k6 output.

Whole trials and runs are tested against it without containers. `Memory.programs` decides what a
container does when it starts, so that a test makes one fail in any way it wants to.
"""

import itertools
import json
import re
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from levelbench.lab import listening, statements
from levelbench.lab.database import SETTINGS_SQL, TASK_TABLE_SQL, TASKS_SQL
from levelbench.lab.doctor.diagnosis import Diagnosis
from levelbench.lab.engine import EngineDescription, Image, RegistryAnswer
from levelbench.lab.gate import Plan
from levelbench.lab.meters.cpus import CpuTimes, Reading
from levelbench.lab.meters.sampler import Sample
from levelbench.lab.recipes import BASE
from levelbench.lab.site import (
    ContainerGoneError,
    ContainerState,
    EngineError,
    EngineGoneError,
    NoContainerError,
    Role,
)
from levelbench.load.parser import parse_summary
from levelbench.load.summary import Summary
from levelbench.model.topology import Topology
from levelbench.model.vocabulary import Origin
from tests import DATA

LISTENING = "   0: 00000000:1F40 00000000:0000 0A 00000000:00000000\n"
"""The kernel's line of a server on 0.0.0.0:8000."""
CREATED = re.compile(r'CREATE DATABASE "?([\w-]+)"?(?: TEMPLATE "(.+?)")?')
SETTLING_READS, LOAD_READS = 3, 8
"""Readings of the load generator's counters before its window, and until its end."""


@dataclass
class Container:
    """One container. A program changes it when it starts."""

    role: Role
    variables: Mapping[str, str]
    id: str
    running: bool = True
    exit_code: int = 0
    out_of_memory: bool = False
    oom_kills: int = 0
    stdout: str = ""
    stderr: str = ""
    ready: bool = True
    reads: int = 0
    ends_with_load: bool = False
    sampled_to_the_end: bool = False
    started_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    listening: str = LISTENING

    def end(self, exit_code: int = 0, *, out_of_memory: bool = False) -> None:
        self.running, self.exit_code, self.out_of_memory = False, exit_code, out_of_memory

    def read(self) -> None:
        self.reads += 1

    def over(self) -> None:
        """The load of every contestant is over: a load generator ends once that was sampled."""
        if self.ends_with_load and self.sampled_to_the_end:
            self.end(self.exit_code)
        self.sampled_to_the_end = True

    @property
    def state(self) -> ContainerState:
        return ContainerState(
            self.id, self.running, 1, self.exit_code, self.out_of_memory, self.started_at
        )


@dataclass
class Rows:
    """What a database holds, as far as the lab counts it."""

    users: int = 0
    tasks: int = 0
    statements: int = 0


Program = Callable[["Site", Container], None]


def ends(exit_code: int = 0, stderr: str = "", *, out_of_memory: bool = False) -> Program:
    """A program that ends at once."""

    def run(site: "Site", container: Container) -> None:
        container.stderr = stderr
        container.end(exit_code, out_of_memory=out_of_memory)

    return run


def never_ready(site: "Site", container: Container) -> None:
    """A program that runs and does not become ready."""
    container.ready, container.stderr = False, "still importing\n"


def log_in(site: "Site", container: Container) -> None:
    """k6 as it logs the load's users in."""
    count = int(container.variables["USERS_COUNT"])
    if container.variables["REGISTER"] == "1":
        site.rows.users += count
    expires = time.time() + 3600
    users = [
        {"username": f"u{n}", "password": "p", "token": "t", "expires_at_epoch_s": expires}
        for n in range(count)
    ]
    container.stdout = json.dumps({"users": users})
    container.end()


def prints(output: str, exit_code: int = 0) -> Program:
    """k6 that prints any text as its summary."""

    def run(site: "Site", container: Container) -> None:
        container.stdout, container.exit_code = output, exit_code
        container.ends_with_load = True

    return run


TURNS = (DATA / "k6" / "closed-turns.json").read_text()
"""k6's summary where turns are taken: every contestant's has the same times."""


def gate(site: "Site", container: Container) -> None:
    """The gate, with the slices of the recorded summary."""
    plan: Plan = json.loads(container.variables["PLAN"])
    lines: list[object] = [
        {"contestant": number, "measure_ms": own.start_epoch_ms, "end_ms": own.end_epoch_ms}
        for number in plan["rounds"][0]["order"]
        for own in parse_summary(TURNS).bounds
    ]
    container.stdout = "".join(f"{json.dumps(line)}\n" for line in [*lines, {"over": True}])


def load(recorded: str) -> Program:
    """k6 with a recorded summary, and a contestant that does what it counts."""
    whole = (DATA / "k6" / recorded).read_text()

    def run(site: "Site", container: Container) -> None:
        output = TURNS if container.variables.get("GATE") else whole
        summary = parse_summary(output)
        site.engine.window_s = window_s(summary)
        rows, answers = site.rows, summary.answers
        rows.users += summary.registrations_201
        rows.tasks += summary.invoices_202
        rows.statements += statements.rule({e: a.requests - a.errors for e, a in answers.items()})
        if summary.polls:
            rows.statements += statements.POLL_STATEMENTS * summary.polls.requests
        prints(output)(site, container)

    return run


def window_s(summary: Summary) -> tuple[float, float]:
    """From before the first window to after the last, seconds since the epoch."""
    bounds = (*summary.bounds, *summary.endpoint_bounds.values(), *summary.step_bounds)
    starts = [one.start_epoch_ms / 1e3 for one in bounds]
    stops = [one.end_epoch_ms / 1e3 for one in bounds]
    return min(starts) - 1, max(stops) + 1


CPU_SHARE = 0.2
"""Of a CPU's time, used by each container: together they fit on two."""


@dataclass
class Counters:
    """Counters of one container, whose clock runs through the recorded window."""

    site: "Site"
    container: Container
    origin: Origin = "cgroup"

    def read(self) -> Sample:
        self.container.read()
        if self.site.engine.progress() >= 1:
            self.container.over()
        if not self.container.running:
            raise FileNotFoundError
        share = self.site.engine.progress()
        start_s, end_s = self.site.engine.window_s
        elapsed_s = share * (end_s - start_s)
        return Sample(
            time_s=start_s + elapsed_s,
            cpu_ms=CPU_SHARE * 1e3 * elapsed_s,
            periods=round(10 * elapsed_s),
            throttled_periods=0,
            memory_mib=100.0,
            throttled_ms=0.0,
            oom_kills=self.container.oom_kills,
            network_bytes=round(1000 * elapsed_s),
        )


class Site:
    """Containers by role."""

    def __init__(self, engine: "Memory", name: str, variables: Mapping[str, str]) -> None:
        self.engine, self.name, self.variables = engine, name, variables
        self.containers: dict[Role, Container] = {}

    @property
    def rows(self) -> Rows:
        """Of the database that this site's contestant uses."""
        service = self.containers.get("service") or self.containers["migrate"]
        return self.engine.databases[service.variables["DATABASE_URL"].rpartition("/")[2]]

    def seat(self, number: int) -> "Site":
        return Site(self.engine, f"{self.name}-{number}", self.variables)

    def up(self, *roles: Role, **variables: str) -> None:
        self.engine.require()
        self.engine.made[self.name] = self
        for role in roles:
            given = {**self.variables, **variables}
            self.engine.asked.append(f"up {self.name} {role}")
            self.containers[role] = Container(role, given, f"c{next(self.engine.numbers)}")
            program = self.engine.programs.get(given.get("K6_SCRIPT", "") if role == "k6" else role)
            if program:
                program(self, self.containers[role])

    def states(self, role: Role) -> Sequence[ContainerState]:
        self.engine.require()
        return [self.containers[role].state] if role in self.containers else []

    def ready(self, role: Role) -> bool:
        found = self._one(role)
        return found.running and found.ready

    def exec(self, role: Role, words: Iterable[str], stdin: str | None = None) -> str:
        self.engine.require()
        if not self._one(role).running:
            raise ContainerGoneError(f"{role} {self._one(role).state.end}")
        if role == "service":
            asked = tuple(words)
            if listening.SCRIPT in asked:
                return self._one(role).listening
            return self.engine.service_command(self, asked)
        if role == "worker":
            return ""
        if role == "redis":
            return "redis_version:8.0.2\r\n" if "info" in words else "OK"
        database = next(w.partition("=")[2] for w in words if w.startswith("--dbname="))
        return self.engine.psql(stdin or "", database)

    def logs(
        self,
        role: Role,
        *,
        stdout: bool = True,
        stderr: bool = True,
        since_s: float | None = None,
    ) -> Sequence[str]:
        found = self.containers.get(role)
        return [found.stdout * stdout + found.stderr * stderr] if found else []

    def sources(self, role: Role) -> Sequence[Counters]:
        if not self._one(role).running:
            raise ContainerGoneError(f"a container {self._one(role).state.end}")
        return [Counters(self, self._one(role))]

    def stop(self, role: Role) -> None:
        self._one(role).end(137)

    def start(self, role: Role) -> None:
        self._one(role).running = True

    def remove(self, *roles: Role) -> None:
        self.engine.require()
        for role in roles:
            self.containers.pop(role, None)

    def down(self) -> None:
        self.engine.remove_site(self.name)

    def _one(self, role: Role) -> Container:
        self.engine.require()
        if role not in self.containers:
            raise NoContainerError(role)
        return self.containers[role]


class Memory:
    """The engine."""

    disk_remedy = "Free some space."

    def __init__(self, *, registry: bool = False) -> None:
        self.id = f"memory-{uuid4().hex}"
        said = "" if registry else "connection refused"
        self.registry_answer = RegistryAnswer(registry, said)
        self.no_network = False
        self.owners: dict[str, Path] = {}
        """Site -> the checkout that made it, where that is another."""
        self.held: dict[str, Image] = {BASE.reference: Image("base")}
        self.asked: list[str] = []
        self.context: set[str] = set()
        """The files that the last build was given."""
        self.made: dict[str, Site] = {}
        self.databases: dict[str, Rows] = {}
        self.numbers = itertools.count()
        self.free_mib: float | None = 80_000.0
        self.gone = False
        self.refuses = ""
        """What the engine answers instead, if not empty."""
        self.window_s = (0.0, 1.0)
        self.on_sql: Callable[[str], None] = lambda sql: None
        self.service_command: Callable[[Site, tuple[str, ...]], str] = lambda site, words: ""
        """What a command in a contestant's container prints."""
        self.programs: dict[str, Program] = {
            "migrate": ends(),
            "turns": gate,
            "prepare.js": log_in,
            "workloads/closed.js": load("closed-fastapi.json"),
            "workloads/open.js": load("open-served.json"),
            "workloads/capacity.js": load("capacity-held.json"),
            "workloads/session.js": load("session-held.json"),
            "workloads/interference.js": load("interference.json"),
            "workloads/overload.js": load("overload.json"),
        }

    def require(self) -> None:
        """Raise what an engine raises that is gone or refuses."""
        if self.gone:
            raise EngineGoneError
        if self.refuses:
            raise EngineError(f"the container engine refused: {self.refuses}")

    def progress(self) -> float:
        """How far the load is, from 0 to 1: as far as the slowest of its generators."""
        sites = [
            site
            for site in self.made.values()
            if "service" in site.containers and site.containers["service"].running
        ]
        reads = [s.containers["k6"].reads if "k6" in s.containers else 0 for s in sites]
        over = LOAD_READS - SETTLING_READS - 1
        return min(1.0, max(0, min(reads, default=0) - SETTLING_READS) / over)

    def cpus(self) -> Reading:
        """Two CPUs that only the containers use: the contestant CPU 1, the four others CPU 0."""
        start_s, end_s = self.window_s
        elapsed_s = self.progress() * (end_s - start_s)

        def times(share: float) -> CpuTimes:
            return CpuTimes(1e3 * elapsed_s * share, 0.0, 1e3 * elapsed_s * (1 - share))

        return Reading(start_s + elapsed_s, {0: times(4 * CPU_SHARE), 1: times(CPU_SHARE)})

    def psql(self, sql: str, database: str) -> str:
        """PostgreSQL's answer to what the lab asks."""
        self.on_sql(sql)
        for name, template in re.findall(
            r'CREATE DATABASE "?([\w-]+)"?(?: TEMPLATE "(.+?)")?', sql
        ):
            before = self.databases[template] if template else Rows()
            self.databases[name] = Rows(**vars(before))
        rows = self.databases.get(database, Rows())
        if "COPY users" in sql:
            rows.users += sql.partition("COPY users")[2].partition("\\.")[0].count("\n") - 1
        answers = {
            SETTINGS_SQL: '{"fsync": "on"}',
            TASK_TABLE_SQL: "status,created_epoch_ms,finished_epoch_ms\n"
            + "succeeded,1.0,2.0\n" * rows.tasks,
            TASKS_SQL: json.dumps({"rows": rows.tasks, "open": 0, "completed": rows.tasks}),
            "SELECT count(*) FROM users": str(rows.users),
            "SHOW server_version": "17.11",
        }
        if "json_agg(json_build_object('query'" in sql:
            statement = {"query": "SELECT 1 FROM users", "calls": rows.statements, "rows": 0}
            return json.dumps([statement])
        return answers.get(sql, "")

    # --- what the protocol asks for ---

    def describe(self) -> EngineDescription:
        return EngineDescription(80_000.0, "6.12", "28.0", "v2 (systemd)", {"compose": "2.0"})

    def answers(self) -> bool:
        return not self.gone

    def disk_free_mib(self) -> float | None:
        return self.free_mib

    def checks(self, topology: Topology | None) -> Sequence[Diagnosis]:
        return [Diagnosis(code="caps", name="Caps", found="all", grade="ok", effect="none")]

    def site(
        self,
        name: str,
        variables: Mapping[str, str],
        published_port: int | None = None,
        *,
        watched: bool = False,
        instrumented: bool = False,
    ) -> Site:
        return Site(self, name, variables)

    def sites(self) -> set[str]:
        return set(self.made)

    def remove_site(self, name: str) -> None:
        self.require()
        self.made.pop(name, None)

    def image(self, reference: str) -> Image | None:
        self.require()
        return self.held.get(reference)

    def lab_images(self) -> Mapping[str, str]:
        return dict.fromkeys(self.held, "service")

    def registry(self, reference: str, timeout_s: float) -> RegistryAnswer:
        self.asked.append(f"registry {reference}")
        return self.registry_answer

    def require_network(self) -> None:
        if self.no_network:
            raise EngineError("the engine has no addresses left for another network", "Remove one.")

    def owner(self, name: str) -> Path | None:
        return self.owners.get(name)

    def pull(self, reference: str) -> None:
        self.asked.append(f"pull {reference}")
        self.held[reference] = Image(f"sha256:{reference}")

    def build(
        self, folder: Path, reference: str, arguments: Mapping[str, str], labels: Mapping[str, str]
    ) -> None:
        self.asked.append(f"build {reference}")
        self.context = {str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file()}
        self.held[reference] = Image(f"sha256:{reference}", labels=dict(labels), size_bytes=2**20)

    def tag(self, reference: str, another: str) -> None:
        self.held[another] = self.held[reference]

    def remove_image(self, reference: str) -> None:
        self.asked.append(f"remove {reference}")
        del self.held[reference]
