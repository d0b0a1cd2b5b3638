"""Site protocol: the place where one contestant's containers run, whatever engine runs them.

An engine implements it (lab/compose/ is the first); waiting, running a container to its end and
start order are written once on top of it (lab/waiting.py, lab/lab.py).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol, Self

from levelbench.errors import LabError
from levelbench.lab.meters.sampler import Source
from levelbench.model.vocabulary import Container

Role = Container | Literal["migrate", "turns"]
"""What a container does in the lab. `migrate` runs once per contestant and ends; `turns` is the
gate of contestants that take turns."""


OWN_ROLES: tuple[Role, ...] = ("service", "worker", "migrate")
"""Containers of the contestant's own image."""


class EngineError(LabError):
    """The engine refused, failed or does not answer."""

    role: Role | None = None
    """The container that is known to have caused it."""

    def of(self, role: Role) -> Self:
        """The same error, caused by a container."""
        self.role = role
        return self


class EngineGoneError(EngineError):
    """The engine answered before and no longer does."""

    def __init__(self) -> None:
        super().__init__("the container engine went away", "Start it again; its log says why.")


class ContainerGoneError(EngineError):
    """A container stopped that should be running."""


class NoContainerError(ContainerGoneError):
    """A role has no container: it was never created, or it has been removed."""

    def __init__(self, role: Role) -> None:
        super().__init__(f"there is no {role} container")


class OutOfMemoryError(ContainerGoneError):
    """The kernel killed a process of a container; the container itself may still run."""


class ContainerFailedError(EngineError):
    """A container that runs to its end exited with an error."""

    def __init__(self, cause: str, output: Sequence[str]) -> None:
        super().__init__(cause)
        self.output = tuple(output)
        """Its last lines."""


@dataclass(frozen=True)
class ContainerState:
    """State of one container, as the engine reports it."""

    id: str
    running: bool
    pid: int
    """On the engine's host; 0 when not running."""
    exit_code: int
    out_of_memory: bool
    started_at: datetime
    """By the engine's clock, with its time zone."""

    @property
    def end(self) -> str:
        """How the container ended, as part of a sentence."""
        if self.out_of_memory:
            return "was killed for lack of memory"
        return f"exited with status {self.exit_code}"


class Site(Protocol):
    """One contestant's containers, and on the first seat the servers that all contestants share.

    Every method raises EngineGoneError when the engine does not answer, EngineError when it
    refuses.
    """

    def seat(self, number: int) -> "Site":
        """The site of another contestant that uses this site's servers; `number` from 1."""
        ...

    def up(self, *roles: Role, **variables: str) -> None:
        """Create and start fresh containers, without waiting for them.

        `variables` complete those that the site was made with (`Engine.site`).
        """
        ...

    def states(self, role: Role) -> Sequence[ContainerState]:
        """The state of each container of a role, stopped ones included."""
        ...

    def ready(self, role: Role) -> bool:
        """Whether the role's own health check passes at this moment."""
        ...

    def exec(self, role: Role, words: Iterable[str], stdin: str | None = None) -> str:
        """Output of a command in a running container. Raises ContainerGoneError, CommandError."""
        ...

    def logs(
        self,
        role: Role,
        *,
        stdout: bool = True,
        stderr: bool = True,
        since_s: float | None = None,
    ) -> Sequence[str]:
        """Output of each container of a role, from `since_s` (seconds since the epoch) on."""
        ...

    def sources(self, role: Role) -> Sequence[Source]:
        """Where each container's counters are read. Raises ContainerGoneError for an ended one."""
        ...

    def stop(self, role: Role) -> None:
        """Stop a role's containers in an orderly way and keep them."""
        ...

    def start(self, role: Role) -> None:
        """Start stopped containers again, without waiting for them."""
        ...

    def remove(self, *roles: Role) -> None:
        """Kill and remove the containers of some roles; missing ones are no error."""
        ...

    def down(self) -> None:
        """Remove everything that the site has created."""
        ...
