"""Compose site: a project of compose/compose.yaml on the Docker engine."""

import json
import os
import stat
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import docker.errors

from levelbench import command
from levelbench.errors import LabError
from levelbench.lab import gate
from levelbench.lab.compose import client as docker_client
from levelbench.lab.compose import counters, projects
from levelbench.lab.compose.client import Client, asking
from levelbench.lab.compose.projects import PROJECT_LABEL, SERVICE_LABEL
from levelbench.lab.meters.sampler import Source
from levelbench.lab.site import (
    ContainerGoneError,
    ContainerState,
    NoContainerError,
    Role,
)
from levelbench.model.config import COMPOSE_FILE, ROOT

NETWORK_FILE, SEAT_FILE, PUBLISH_FILE, COUNT_FILE = (
    COMPOSE_FILE.with_name(f"{name}.yaml") for name in ("network", "seat", "publish", "count")
)
WATCHED, UNWATCHED = "30s", "1h"
"""Between two of the engine's own health checks."""
STOP_TIMEOUT_S = 10

MOUNTED = (COMPOSE_FILE.parent / "postgres", ROOT / "k6", Path(gate.__file__))
"""Files of the checkout that containers read, as users of their own."""


@dataclass
class ComposeSite:
    """A project: the servers and the first contestant, or another contestant that joins them."""

    client: Client
    project: str
    environment: Mapping[str, str] = field(repr=False)
    """Variables of the compose file, secrets among them."""
    overlays: tuple[Path, ...] = (NETWORK_FILE,)
    """Files that extend the compose file, in this order."""
    _checks: dict[Role, tuple[str, list[str]]] = field(default_factory=dict, repr=False)
    """Container and health check of roles that are waited for: looked up once, so that a cold start
    is not measured longer than it is."""

    @classmethod
    def of_servers(
        cls,
        client: Client,
        project: str,
        variables: Mapping[str, str],
        published_port: int | None,
        *,
        watched: bool,
        instrumented: bool = False,
    ) -> "ComposeSite":
        """The project that has the servers and the network. Raises LabError for files of the
        checkout that containers cannot read."""
        open_to_containers(MOUNTED)
        environment = {
            **variables,
            "HEALTH_INTERVAL": WATCHED if watched else UNWATCHED,
            # Set for each contestant by `up`; the compose file wants a value at all times.
            "SERVICE": "none",
            "SERVICE_IMAGE": "none",
            "DATABASE_URL": "none",
            "WORKER_DATABASE_URL": "none",
            "SERVICE_HOST": "contestant",
            "REDIS_DATABASE": "0",
            "K6_SCRIPT": "none",
            "JOURNEY": str(ROOT / "k6" / "guest" / "journey.js"),
            "MIGRATE": "bin/migrate",
            "READY": "/readyz",
            "PYTHONHASHSEED": "0",
            "PYTHONPERFSUPPORT": "",
            "VALGRIND_OPTS": "",
        }
        overlays = [NETWORK_FILE]
        if published_port is not None:
            environment["PUBLISHED_PORT"] = str(published_port)
            overlays.append(PUBLISH_FILE)
        if instrumented:
            overlays.append(COUNT_FILE)
        return cls(client, project, environment, tuple(overlays))

    def seat(self, number: int) -> "ComposeSite":
        """A project of its own, joined to this one's network."""
        variables = {
            **self.environment,
            "LAB_NETWORK": f"{self.project}_lab",
            "SERVICE_HOST": f"contestant-{number}",
            "REDIS_DATABASE": str(number),
        }
        return ComposeSite(self.client, f"{self.project}-{number}", variables, (SEAT_FILE,))

    def up(self, *roles: Role, **variables: str) -> None:
        for role in roles:
            self._checks.pop(role, None)
        if journey := variables.get("JOURNEY"):
            open_to_containers([Path(journey)])
        words = ["docker", "compose", "--project-name", self.project, "--progress", "quiet"]
        words += ["--env-file", os.devnull]  # not a .env that lies there
        for file in (COMPOSE_FILE, *self.overlays):
            words += ["--file", str(file)]
        words += ["up", "--detach", "--no-deps", "--no-build", "--force-recreate", *roles]
        try:
            command.run(
                words,
                env={**self.environment, **variables},
                inherits=docker_client.inherits,
            )
        except command.CommandError as error:
            said = "\n".join([str(error), *error.output])
            raise projects.refusal(said) or error from None

    def down(self) -> None:
        projects.remove(self.client, self.project)

    def remove(self, *roles: Role) -> None:
        for role in roles:
            self._checks.pop(role, None)
            for container in self._containers(role):
                projects.remove_container(self.client, container)

    @asking()
    def stop(self, role: Role) -> None:
        for container in self._containers(role):
            self.client.api.stop(container, timeout=STOP_TIMEOUT_S)

    @asking()
    def start(self, role: Role) -> None:
        for container in self._containers(role):
            self.client.api.start(container)

    @asking()
    def _containers(self, role: Role) -> list[str]:
        labels = [f"{PROJECT_LABEL}={self.project}", f"{SERVICE_LABEL}={role}"]
        found = self.client.api.containers(all=True, filters={"label": labels})
        return [str(container["Id"]) for container in found]

    @asking()
    def states(self, role: Role) -> Sequence[ContainerState]:
        found = []
        for container in self._containers(role):
            try:
                attrs = self.client.api.inspect_container(container)
            except docker.errors.NotFound:
                continue  # removed since it was listed
            state = attrs["State"]
            found.append(
                ContainerState(
                    id=attrs["Id"],
                    running=state["Running"],
                    pid=state["Pid"],
                    exit_code=state["ExitCode"],
                    out_of_memory=state["OOMKilled"],
                    started_at=datetime.fromisoformat(state["StartedAt"]),
                )
            )
        return found

    def ready(self, role: Role) -> bool:
        """Run the health check from here: the engine's own interval is long on purpose."""
        if role not in self._checks:
            self._checks[role] = self._health_check(role)
        container, test = self._checks[role]
        api = self.client.api
        try:
            execution = api.exec_create(container, test)["Id"]
            api.exec_start(execution)
            return bool(api.exec_inspect(execution)["ExitCode"] == 0)
        except docker.errors.APIError:
            return False  # it does not run: the caller looks at its state

    @asking()
    def _health_check(self, role: Role) -> tuple[str, list[str]]:
        container = self._one(role).id
        test = self.client.api.inspect_container(container)["Config"]["Healthcheck"]["Test"]
        return container, test[1:]  # the first word is CMD

    def _one(self, role: Role) -> ContainerState:
        found = self.states(role)
        if not found:
            raise NoContainerError(role)
        return found[0]

    def exec(self, role: Role, words: Iterable[str], stdin: str | None = None) -> str:
        state = self._one(role)
        if not state.running:
            raise ContainerGoneError(f"{role} {state.end}")
        return docker_client.run(["exec", "--interactive", state.id, *words], stdin=stdin)

    @asking()
    def logs(
        self,
        role: Role,
        *,
        stdout: bool = True,
        stderr: bool = True,
        since_s: float | None = None,
    ) -> Sequence[str]:
        found = []
        for container in self._containers(role):
            try:
                output: bytes = self.client.api.logs(
                    container, stdout=stdout, stderr=stderr, since=since_s
                )
            except docker.errors.NotFound:
                continue
            found.append(output.decode(errors="replace"))
        return found

    def sources(self, role: Role) -> Sequence[Source]:
        states = self.states(role)
        if not states:
            raise NoContainerError(role)
        return [counters.find(self.client, state) for state in states]


def open_to_containers(paths: Iterable[Path]) -> None:
    """Let every user read files and folders, as far as a strict umask has left that out.

    Raises LabError for those of another user.
    """
    for path in [below for root in paths for below in (root, *root.rglob("*"))]:
        mode = path.stat().st_mode
        wanted = 0o755 if path.is_dir() else 0o644
        if mode & wanted != wanted:
            try:
                path.chmod(stat.S_IMODE(mode) | wanted)
            except OSError as error:
                raise LabError(
                    f"containers cannot read {path}, and its rights cannot be changed: "
                    f"{error.strerror}",
                    f"Run `sudo chmod -R go+rX {path.parent}`.",
                ) from None


def compose_version() -> str:
    """The Compose plugin's version. Raises EngineError when there is none."""
    return str(json.loads(docker_client.run(["compose", "version", "--format", "json"]))["version"])
