"""Docker engine with Compose: its images, its disk, and the lab's sites on it."""

import os
import queue
import re
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import docker
import docker.errors
import requests

from levelbench import command
from levelbench.lab.compose import client as docker_client
from levelbench.lab.compose import doctor, projects
from levelbench.lab.compose.client import Client, asking
from levelbench.lab.compose.projects import LABEL, PREFIX
from levelbench.lab.compose.site import ComposeSite, compose_version
from levelbench.lab.doctor.diagnosis import Diagnosis
from levelbench.lab.engine import EngineDescription, Image, RegistryAnswer
from levelbench.lab.site import EngineError, EngineGoneError
from levelbench.model.references import tag_of
from levelbench.model.topology import Topology

IMAGE_PREFIX = "levelbench/"
PULL_STALL_S = 30.0
"""A pull without progress for so long has lost its registry; the engine itself waits for ever."""
PULL_TIMEOUT_S = 3600.0
REFUSES = re.compile(
    r"too ?many ?requests|rate limit|unauthorized|authentication required|no basic auth"
    r"|access to the resource is denied|manifest unknown|manifest for .* not found"
    r"|unexpected HTTP status: 5\d\d",
    re.IGNORECASE,
)
"""What a registry says, through the engine, that answers and does not give the image."""
SCRIPT = "build.sh"
"""A folder that has it builds its image itself, without a Dockerfile."""


def digest_of(reference: str, known: Sequence[str]) -> str | None:
    """An image's digest in the registry that the reference names, of all that the engine knows."""
    repository = reference.partition("@")[0].removesuffix(f":{tag_of(reference)}")
    pairs = [entry.rpartition("@")[::2] for entry in known]
    own = [digest for name, digest in pairs if name in (repository, f"docker.io/{repository}")]
    return next(iter([*own, *(digest for _, digest in pairs)]), None)


def _script_inherits(name: str) -> bool:
    """All variables, such as those of package indexes, but no other builder or platform."""
    return docker_client.inherits(name) or not name.startswith(("DOCKER_", "BUILDX_", "BUILDKIT_"))


class ComposeEngine:
    """The Docker engine that the client's current context names."""

    disk_remedy = "Free some space: `docker system df` shows what uses it."

    def __init__(self) -> None:
        """Raises EngineError when no engine answers."""
        self.client = Client()
        self.info = self.client.info

    @property
    def id(self) -> str:
        return str(self.info["ID"])

    def describe(self) -> EngineDescription:
        return EngineDescription(
            memory_mib=self.info["MemTotal"] / 2**20,
            kernel=self.info.get("KernelVersion"),
            version=self.info.get("ServerVersion"),
            cgroup=f"v{self.info.get('CgroupVersion', '1')} ({self.info.get('CgroupDriver')})",
            programs={"compose": compose_version()},
        )

    def answers(self) -> bool:
        return self.client.answers()

    def disk_free_mib(self) -> float | None:
        try:
            disk = os.statvfs(self.info["DockerRootDir"])
        except (OSError, KeyError):
            return None
        return disk.f_bavail * disk.f_frsize / 2**20

    def checks(self, topology: Topology | None) -> Sequence[Diagnosis]:
        return doctor.checks(self.client, topology)

    # --- sites ---

    def site(
        self,
        name: str,
        variables: Mapping[str, str],
        published_port: int | None = None,
        *,
        watched: bool = False,
        instrumented: bool = False,
    ) -> ComposeSite:
        return ComposeSite.of_servers(
            self.client,
            PREFIX + name,
            variables,
            published_port,
            watched=watched,
            instrumented=instrumented,
        )

    def sites(self) -> set[str]:
        return {project.removeprefix(PREFIX) for project in projects.names(self.client)}

    def remove_site(self, name: str) -> None:
        projects.remove(self.client, PREFIX + name)

    def require_network(self) -> None:
        projects.require_network(self.client)

    def owner(self, name: str) -> Path | None:
        return projects.owner(self.client, PREFIX + name)

    # --- images ---

    @asking()
    def image(self, reference: str) -> Image | None:
        try:
            attrs = self.client.docker.images.get(reference).attrs
        except docker.errors.ImageNotFound:
            return None
        return Image(
            id=str(attrs["Id"]),
            digest=digest_of(reference, attrs.get("RepoDigests") or ()),
            labels=attrs["Config"].get("Labels") or {},
            size_bytes=attrs["Size"],
        )

    @asking()
    def lab_images(self) -> dict[str, str]:
        """An image that somebody built on one of the lab's has the label too, but another name."""
        images = self.client.docker.images.list(filters={"label": LABEL})
        return {
            tag: image.labels[LABEL]
            for image in images
            for tag in image.tags
            if tag.startswith(IMAGE_PREFIX)
        }

    def registry(self, reference: str, timeout_s: float) -> RegistryAnswer:
        try:
            api = self.client.another_api(timeout_s)
            # The stubs leave this one method out of their annotations.
            api.inspect_distribution(reference)  # type: ignore[no-untyped-call]
        except docker.errors.APIError as error:
            said = " ".join(str(error.explanation or error).split())
            return RegistryAnswer(REFUSES.search(said) is not None, said)
        except requests.Timeout:
            return RegistryAnswer(False, f"nothing within {timeout_s:g} s")
        except (docker.errors.DockerException, requests.RequestException) as error:
            return RegistryAnswer(False, str(error))
        return RegistryAnswer(True)

    def pull(self, reference: str) -> None:
        """Raises EngineError, also when there is no progress for PULL_STALL_S."""
        progress: queue.Queue[dict[str, Any] | Exception | None] = queue.Queue()

        def follow() -> None:
            name, _, digest = reference.partition("@")
            tag = digest or tag_of(reference)
            repository = name.removesuffix(f":{tag_of(reference)}")
            try:
                with asking():
                    for line in self.client.api.pull(repository, tag, stream=True, decode=True):
                        progress.put(line)
            except Exception as error:
                progress.put(error)
            progress.put(None)

        # The engine gives up the pull when this process ends, and with it the thread.
        threading.Thread(target=follow, daemon=True).start()
        failed = f"{reference} could not be pulled"
        deadline = time.monotonic() + PULL_TIMEOUT_S
        while time.monotonic() < deadline:
            try:
                line = progress.get(timeout=PULL_STALL_S)
            except queue.Empty:
                raise EngineError(
                    f"{failed}: no progress for {PULL_STALL_S:g} s",
                    "Try again, or use stand-ins: IMAGES=standin.",
                ) from None
            if isinstance(line, EngineGoneError):
                raise line
            if isinstance(line, Exception):
                raise EngineError(f"{failed}: {line}")
            if line is None:
                return
            if "error" in line:
                raise EngineError(f"{failed}: {line['error']}", "Or use stand-ins: IMAGES=standin.")
        raise EngineError(f"{failed} within {PULL_TIMEOUT_S / 60:g} minutes")

    def build(
        self, folder: Path, reference: str, arguments: Mapping[str, str], labels: Mapping[str, str]
    ) -> None:
        if (folder / SCRIPT).exists():
            # By its interpreter: an archive may have lost the right to execute it.
            command.run_long(["bash", str(folder / SCRIPT), reference], inherits=_script_inherits)
            return
        words = ["docker", "build", "--progress=plain", "--tag", reference]
        for key, value in arguments.items():
            words += ["--build-arg", f"{key}={value}"]
        for key, value in labels.items():
            words += ["--label", f"{key}={value}"]
        words.append(str(folder))
        command.run_long(words, env={"DOCKER_BUILDKIT": "1"}, inherits=docker_client.inherits)

    @asking()
    def tag(self, reference: str, another: str) -> None:
        repository, _, tag = another.rpartition(":")
        self.client.docker.images.get(reference).tag(repository, tag)

    @asking()
    def remove_image(self, reference: str) -> None:
        self.client.docker.images.remove(reference, force=True)
