"""One set of the lab's containers on the engine: a Compose project of compose/compose.yaml."""

import json
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import docker.errors
import requests

from levelbench import command
from levelbench.lab.compose.engine import (
    PROJECT_LABEL,
    Engine,
    EngineError,
    EngineGoneError,
    asking,
)
from levelbench.model.config import ROOT

COMPOSE_FILE = ROOT / "compose" / "compose.yaml"
NETWORK_FILE, SEAT_FILE, PUBLISH_FILE = (
    COMPOSE_FILE.with_name(f"{name}.yaml") for name in ("network", "seat", "publish")
)
POLL_S = 0.05


class ContainerGoneError(EngineError):
    """A container stopped that should be running."""


class OutOfMemoryError(ContainerGoneError):
    """The kernel killed a process of a container; the container itself may go on."""


@dataclass(frozen=True)
class ContainerState:
    """What the engine says of one container."""

    id: str
    running: bool
    pid: int
    """On the engine's host; 0 when not running."""
    exit_code: int
    out_of_memory: bool
    started_at: str
    """The engine's own time stamp, RFC 3339."""

    @property
    def end(self) -> str:
        """How it ended, in words."""
        return (
            "was killed for lack of memory"
            if self.out_of_memory
            else (f"exited with status {self.exit_code}")
        )


@dataclass
class Stack:
    """One set of the lab's containers: a Compose project of compose/compose.yaml."""

    engine: Engine
    project: str
    environment: dict[str, str] = field(repr=False)
    """Variables of the compose file; holds secrets."""
    overlays: tuple[Path, ...] = (NETWORK_FILE,)
    """Files laid over the compose file, in this order."""

    def up(self, *services: str, **variables: str) -> None:
        """Create and start services, in fresh containers, without waiting for them."""
        self._compose("up", "--detach", "--no-deps", "--no-build", "--force-recreate",
                      *services, variables=variables)  # fmt: skip

    def run(self, service: str, **variables: str) -> str:
        """Run a service's command to its end and return its output. Raises EngineError."""
        return self._compose("run", "--rm", "--no-deps", "--no-TTY", service, variables=variables)

    def _compose(self, *arguments: str, variables: Mapping[str, str]) -> str:
        words = ["docker", "compose", "--project-name", self.project, "--progress", "quiet"]
        for file in (COMPOSE_FILE, *self.overlays):
            words += ["--file", str(file)]
        return command.run([*words, *arguments], env={**self.environment, **variables})

    def down(self) -> None:
        """Remove every container, network and volume of this stack."""
        self.engine.remove_project(self.project)

    def remove(self, *services: str) -> None:
        """Kill and remove the containers of `services`."""
        for service in services:
            for container in self._containers(service):
                self.engine.remove_container(container)

    @asking()
    def stop(self, service: str) -> None:
        """Stop a service as an operator would."""
        self.engine.client.api.stop(self.state(service).id, timeout=10)

    @asking()
    def start(self, service: str) -> None:
        """Start a stopped service again."""
        self.engine.client.api.start(self.state(service).id)

    @asking()
    def _containers(self, service: str) -> list[str]:
        labels = [f"{PROJECT_LABEL}={self.project}", f"com.docker.compose.service={service}"]
        found = self.engine.client.api.containers(all=True, filters={"label": labels})
        return [str(container["Id"]) for container in found]

    @asking()
    def state(self, service: str) -> ContainerState:
        """Raises ContainerGoneError when there is no such container."""
        containers = self._containers(service)
        if not containers:
            raise ContainerGoneError(f"there is no {service} container")
        try:
            attrs = self.engine.client.api.inspect_container(containers[0])
        except docker.errors.NotFound:
            raise ContainerGoneError(f"there is no {service} container") from None
        state = attrs["State"]
        return ContainerState(
            id=attrs["Id"],
            running=state["Running"],
            pid=state["Pid"],
            exit_code=state["ExitCode"],
            out_of_memory=state["OOMKilled"],
            started_at=state["StartedAt"],
        )

    def wait_ready(self, *services: str, timeout_s: float) -> None:
        """Wait until each service's own health check passes, run from here.

        The engine's check interval is long on purpose, so the lab asks for itself.
        Raises ContainerGoneError when one exits, EngineError after `timeout_s`.
        """
        deadline = time.monotonic() + timeout_s
        for service in services:
            container = self.state(service).id
            test = self._health_check(container)
            while self._exec_status(container, test) != 0:
                state = self.state(service)
                if not state.running:
                    raise ContainerGoneError(f"{service} {state.end}{self._last_words(service)}")
                if time.monotonic() > deadline:
                    raise EngineError(
                        f"{service} was not ready within {timeout_s:g} s{self._last_words(service)}"
                    )
                time.sleep(POLL_S)

    @asking()
    def _health_check(self, container: str) -> list[str]:
        test: list[str] = self.engine.client.api.inspect_container(container)["Config"][
            "Healthcheck"
        ]["Test"]
        return test[1:]  # the first word is CMD

    def _exec_status(self, container: str, words: list[str]) -> int | None:
        api = self.engine.client.api
        try:
            execution = api.exec_create(container, words)["Id"]
            api.exec_start(execution)
            status: int | None = api.exec_inspect(execution)["ExitCode"]
        except docker.errors.APIError:
            return None  # not running: the caller looks at its state
        return status

    def exec(self, service: str, words: Iterable[str], stdin: str | None = None) -> str:
        """Run a command in a running container and return its output.

        Raises ContainerGoneError, CommandError.
        """
        state = self.state(service)
        if not state.running:
            raise ContainerGoneError(f"{service} {state.end}")
        return command.run(["docker", "exec", "--interactive", state.id, *words], stdin=stdin)

    def wait(self, service: str, timeout_s: float) -> int:
        """Wait for a container to end and return its exit status. Raises EngineError."""
        try:
            answer = self.engine.client.api.wait(self.state(service).id, timeout=int(timeout_s))
        except requests.RequestException:
            if not self.engine.answers():
                raise EngineGoneError from None
            raise EngineError(f"{service} did not end within {timeout_s:g} s") from None
        return int(answer["StatusCode"])

    @asking()
    def logs(
        self,
        service: str,
        *,
        stdout: bool = True,
        stderr: bool = True,
        since_s: float | None = None,
    ) -> str:
        """What a container has written, `since_s` (seconds since the epoch) if given; empty when
        it is gone.
        """
        try:
            container = self.state(service).id
            output: bytes = self.engine.client.api.logs(
                container, stdout=stdout, stderr=stderr, since=since_s
            )
        except (ContainerGoneError, docker.errors.NotFound):
            return ""
        return output.decode(errors="replace")

    def _last_words(self, service: str) -> str:
        lines = [line for line in self.logs(service).splitlines() if line.strip()]
        return f"; its last words: {lines[-1][:300]}" if lines else ""

    @asking()
    def published_port(self) -> int:
        """The loopback port of the contestant."""
        attrs = self.engine.client.api.inspect_container(self.state("service").id)
        return int(attrs["NetworkSettings"]["Ports"]["8000/tcp"][0]["HostPort"])


def compose_version() -> str:
    """The Compose plugin's version. Raises EngineError when there is none."""
    return str(
        json.loads(command.run(["docker", "compose", "version", "--format", "json"]))["version"]
    )
