"""The container engine itself: what it is, its images, and what the lab has made on it."""

import os
import queue
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import docker
import docker.errors
import requests
import urllib3.exceptions
from docker.utils.socket import SocketError

from levelbench import command
from levelbench.errors import LabError

LABEL = "io.levelbench"
"""On everything that the lab makes: images, containers, networks and volumes."""
PROJECT_LABEL = "com.docker.compose.project"
PROJECT_PREFIX = "levelbench-"
IMAGE_PREFIX = "levelbench/"
ENGINE_TIMEOUT_S = 60
PULL_STALL_S = 30.0
"""A pull that has not moved for so long has lost its registry: the engine itself waits for ever."""
LOOKS_AGAIN_S = 0.3
RETURN_TIMEOUT_S = 30.0
"""How long a restarted engine may take until it answers again."""


class EngineError(LabError):
    """The engine refused, failed or is not there."""


class EngineGoneError(EngineError):
    """The engine answered before and does not any more."""

    def __init__(self) -> None:
        super().__init__("the container engine went away", "Start it again; its log says why.")


@contextmanager
def asking() -> Iterator[None]:
    """Around questions to the engine: whatever they raise becomes an EngineError. Decorates too."""
    try:
        yield
    except docker.errors.APIError as error:
        said = str(error.explanation or error).strip().rstrip(".")
        raise EngineError(f"the container engine refused: {said}") from None
    except (OSError, urllib3.exceptions.HTTPError, SocketError):  # requests' errors are OSErrors
        raise EngineGoneError from None


class Engine:
    """The container engine that the docker client's current context names."""

    def __init__(self) -> None:
        """Raises EngineError when no engine answers."""
        try:
            host = (
                os.environ.get("DOCKER_HOST")
                or command.run(
                    ["docker", "context", "inspect", "--format", "{{.Endpoints.docker.Host}}"],
                    timeout_s=10,
                ).strip()
            )
            self.client = docker.DockerClient(base_url=host, timeout=ENGINE_TIMEOUT_S)
            self.info: dict[str, Any] = self.client.info()
        except (docker.errors.DockerException, requests.RequestException, command.CommandError):
            raise EngineError(
                "no container engine answers",
                "Start it, or let scripts/bootstrap.sh do so; `docker info` must succeed.",
            ) from None
        self.host = host

    @property
    def id(self) -> str:
        return str(self.info["ID"])

    def answers(self) -> bool:
        """Whether the engine answers at this moment."""
        try:
            return bool(self.client.ping())
        except (docker.errors.DockerException, OSError):
            return False

    def require_disk(self, mib: float) -> None:
        """Raises EngineError when the engine's disk is known to have less than that left."""
        left = self.disk_free_mib()
        if left is not None and left < mib:
            raise EngineError(
                f"the engine's disk is nearly full: {left:.0f} MiB are left, {mib:.0f} are needed",
                "Free some: `docker system df` shows what takes it.",
            )

    def wait_back(self, timeout_s: float = RETURN_TIMEOUT_S) -> None:
        """Wait for an engine that may be restarting. Raises EngineGoneError."""
        deadline = time.monotonic() + timeout_s
        while not self.answers():
            if time.monotonic() > deadline:
                raise EngineGoneError
            time.sleep(0.2)

    def disk_free_mib(self) -> float | None:
        """Free space where the engine keeps its images and volumes; None where that is not to be
        seen from here, on another machine or in a virtual one.
        """
        try:
            disk = os.statvfs(self.info["DockerRootDir"])
        except (OSError, KeyError):
            return None
        return disk.f_bavail * disk.f_frsize / 2**20

    # --- images ---

    @asking()
    def image(self, reference: str) -> dict[str, Any] | None:
        """What the engine knows of an image that it holds; None when it has none."""
        try:
            return dict(self.client.images.get(reference).attrs)
        except docker.errors.ImageNotFound:
            return None

    def registry_has(self, reference: str, timeout_s: float) -> bool:
        """Whether a registry answers for `reference` within `timeout_s`."""
        try:
            client = docker.APIClient(base_url=self.host, timeout=int(timeout_s))
            # The stubs leave this one method out of their annotations.
            client.inspect_distribution(reference)  # type: ignore[no-untyped-call]
        except (docker.errors.DockerException, requests.RequestException):
            return False
        return True

    def pull(self, reference: str) -> None:
        """Pull an image. Raises EngineError, also when nothing has moved for PULL_STALL_S."""
        said: queue.Queue[dict[str, Any] | Exception | None] = queue.Queue()

        def follow() -> None:
            repository, _, tag = reference.rpartition(":")
            try:
                with asking():
                    for line in self.client.api.pull(repository, tag, stream=True, decode=True):
                        said.put(line)
            except Exception as error:
                said.put(error)
            said.put(None)

        # The engine gives up the pull when this process ends, and with it the thread.
        threading.Thread(target=follow, daemon=True).start()
        failed = f"{reference} could not be pulled"
        while True:
            try:
                line = said.get(timeout=PULL_STALL_S)
            except queue.Empty:
                raise EngineError(
                    f"{failed}: nothing has come for {PULL_STALL_S:g} s",
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

    def build(
        self, folder: Path, reference: str, arguments: Mapping[str, str], labels: Mapping[str, str]
    ) -> None:
        """Build an image. Raises CommandError with the builder's last lines."""
        words = ["docker", "build", "--progress=plain", "--tag", reference]
        for key, value in arguments.items():
            words += ["--build-arg", f"{key}={value}"]
        for key, value in labels.items():
            words += ["--label", f"{key}={value}"]
        command.run_long([*words, str(folder)], env={"DOCKER_BUILDKIT": "1"})

    @asking()
    def remove_image(self, reference: str) -> None:
        """Remove an image, whether or not a stopped container still refers to it."""
        self.client.images.remove(reference, force=True)

    @asking()
    def lab_images(self) -> dict[str, str]:
        """Tag -> label value of every image that the lab built under its own name.

        An image that somebody built on one of them has the label as well.
        """
        images = self.client.images.list(filters={"label": LABEL})
        return {
            tag: image.labels[LABEL]
            for image in images
            for tag in image.tags
            if tag.startswith(IMAGE_PREFIX)
        }

    # --- what the lab has made ---

    @asking()
    def projects(self) -> set[str]:
        """Names of the lab's Compose projects that have a container, network or volume."""
        filters: dict[str, Any] = {"label": [LABEL, PROJECT_LABEL]}
        containers = self.client.containers.list(all=True, filters=filters, ignore_removed=True)
        networks = self.client.networks.list(filters=filters)
        volumes = self.client.volumes.list(filters=filters)
        labels = [
            *(container.labels for container in containers),
            *(network.attrs["Labels"] for network in networks),
            *(volume.attrs["Labels"] for volume in volumes),
        ]
        found = {label[PROJECT_LABEL] for label in labels}
        return {project for project in found if project.startswith(PROJECT_PREFIX)}

    @asking()
    def remove_project(self, project: str) -> None:
        """Remove a project's containers, networks and volumes, whatever state they are in.

        What was being made for a client that is gone may only come to be after a look: so another
        one follows, until it finds nothing.
        """
        while self._removed(project):
            time.sleep(LOOKS_AGAIN_S)

    def _removed(self, project: str) -> bool:
        """Remove what there is of a project; whether there was anything."""
        filters: dict[str, Any] = {"label": f"{PROJECT_LABEL}={project}"}
        containers = self.client.containers.list(all=True, filters=filters, ignore_removed=True)
        for container in containers:
            self.remove_container(str(container.id))
        networks = self.client.networks.list(filters=filters)
        for network in networks:
            network.remove()
        volumes = self.client.volumes.list(filters=filters)
        for volume in volumes:
            volume.remove(force=True)
        return bool(containers or networks or volumes)

    @asking()
    def remove_container(self, container: str) -> None:
        """Kill and remove a container and its anonymous volumes; one that is gone is no error."""
        try:
            self.client.api.remove_container(container, force=True, v=True)
        except docker.errors.NotFound:
            return
        except docker.errors.APIError as error:
            if error.status_code != requests.codes.conflict:  # being removed already
                raise EngineError(
                    f"a container could not be removed: {error.explanation}"
                ) from None


def image_identity(attrs: Mapping[str, Any]) -> tuple[str | None, str]:
    """(registry digest or None, image id) of an image, from what the engine says of it."""
    digests = attrs.get("RepoDigests") or []
    digest = digests[0].partition("@")[2] if digests else None
    return digest, str(attrs["Id"])
