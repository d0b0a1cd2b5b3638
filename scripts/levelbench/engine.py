"""The container engine itself: what it is, its images, and what the lab has made on it."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import docker
import docker.errors
import requests

from levelbench import command
from levelbench.errors import LabError

LABEL = "io.levelbench"
"""On everything that the lab makes: images, containers, networks and volumes."""
PROJECT_LABEL = "com.docker.compose.project"
PROJECT_PREFIX = "levelbench-"
IMAGE_PREFIX = "levelbench/"
ENGINE_TIMEOUT_S = 60


class EngineError(LabError):
    """The engine refused, failed or is not there."""


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

    # --- images ---

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
        """Pull an image. Raises CommandError."""
        command.run_long(["docker", "pull", reference])

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

    def remove_image(self, reference: str) -> None:
        """Remove an image, whether or not a stopped container still refers to it."""
        self.client.images.remove(reference, force=True)

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

    def remove_project(self, project: str) -> None:
        """Remove a project's containers, networks and volumes, whatever state they are in."""
        filters: dict[str, Any] = {"label": f"{PROJECT_LABEL}={project}"}
        for container in self.client.containers.list(
            all=True, filters=filters, ignore_removed=True
        ):
            self.remove_container(str(container.id))
        for network in self.client.networks.list(filters=filters):
            network.remove()
        for volume in self.client.volumes.list(filters=filters):
            volume.remove(force=True)

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
