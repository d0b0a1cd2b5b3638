"""Engine protocol: the program that runs containers, its images and what the lab left on it."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from levelbench.lab.doctor.diagnosis import Diagnosis
from levelbench.lab.site import EngineError, EngineGoneError, Site
from levelbench.model.topology import Topology

RETURN_TIMEOUT_S = 30.0
"""How long a restarted engine may take until it answers again."""


@dataclass(frozen=True)
class Image:
    """An image on the engine."""

    id: str
    digest: str | None = None
    """The registry's; None for an image built here."""
    labels: Mapping[str, str] = field(default_factory=dict)
    size_bytes: int | None = None
    """With all its layers."""


@dataclass(frozen=True)
class RegistryAnswer:
    """What a registry answers when it is asked for an image."""

    reached: bool
    """Whether a registry answered at all: it may refuse, for its own reasons."""
    said: str = ""
    """Its refusal, or why none was reached; empty if it has the image."""


@dataclass(frozen=True)
class EngineDescription:
    """Description of the engine for the record of a run; None for what it does not report."""

    memory_mib: float | None
    """Of the machine that runs the containers."""
    kernel: str | None
    version: str | None
    cgroup: str | None
    """Version and driver."""
    programs: Mapping[str, str] = field(default_factory=dict)
    """Other programs that the lab controls it with -> their versions."""


class Engine(Protocol):
    """What the lab needs of an engine, apart from its sites.

    Every method raises EngineGoneError when the engine does not answer, EngineError when it
    refuses.
    """

    @property
    def id(self) -> str:
        """Identifies the engine: one bench at a time runs on it."""
        ...

    @property
    def disk_remedy(self) -> str:
        """What a user does about a full disk."""
        ...

    def describe(self) -> EngineDescription:
        """Kernel, versions and memory, for the record of a run."""
        ...

    def answers(self) -> bool:
        """Whether the engine answers at this moment."""
        ...

    def disk_free_mib(self) -> float | None:
        """Free space for images and volumes; None where this process cannot see that disk."""
        ...

    def checks(self, topology: Topology | None) -> Sequence[Diagnosis]:
        """The engine's lines in the doctor's table."""
        ...

    def site(
        self,
        name: str,
        variables: Mapping[str, str],
        published_port: int | None = None,
        *,
        watched: bool = False,
        instrumented: bool = False,
    ) -> Site:
        """A site by name. Nothing is created before `up`.

        `variables` are images, core sets, caps and secrets; `published_port` is the contestant's
        on the loopback interface. `watched`: the engine also runs health checks. `instrumented`:
        the contestant runs under callgrind.
        """
        ...

    def sites(self) -> set[str]:
        """Names of the lab's sites that have something on the engine."""
        ...

    def remove_site(self, name: str) -> None:
        """Remove everything of a site, whatever state it is in."""
        ...

    def require_network(self) -> None:
        """Raises EngineError where the engine has no room for another site's network."""
        ...

    def owner(self, name: str) -> Path | None:
        """The checkout whose lab made a site; None for a site that is not there."""
        ...

    def image(self, reference: str) -> Image | None:
        """An image on the engine; None if it is not there."""
        ...

    def lab_images(self) -> Mapping[str, str]:
        """Tag -> purpose of every image that the lab built under its own name."""
        ...

    def registry(self, reference: str, timeout_s: float) -> RegistryAnswer:
        """What a registry answers when it is asked for `reference`."""
        ...

    def pull(self, reference: str) -> None:
        """Pull an image. Raises EngineError, also when the download stalls."""
        ...

    def build(
        self, folder: Path, reference: str, arguments: Mapping[str, str], labels: Mapping[str, str]
    ) -> None:
        """Build an image from a folder. Raises CommandError with the builder's last lines."""
        ...

    def tag(self, reference: str, another: str) -> None:
        """Give an image another name."""
        ...

    def remove_image(self, reference: str) -> None:
        """Remove an image, even if a stopped container refers to it."""
        ...


def require_disk(engine: Engine, mib: float) -> None:
    """Raises EngineError when the engine's disk is known to have less free space than that."""
    left = engine.disk_free_mib()
    if left is not None and left < mib:
        raise EngineError(
            f"the engine's disk is nearly full: {left:.0f} MiB are left, {mib:.0f} are needed",
            engine.disk_remedy,
        )


def wait_back(engine: Engine, timeout_s: float = RETURN_TIMEOUT_S) -> None:
    """Wait for an engine that may be restarting. Raises EngineGoneError."""
    deadline = time.monotonic() + timeout_s
    while not engine.answers():
        if time.monotonic() > deadline:
            raise EngineGoneError
        time.sleep(0.2)
