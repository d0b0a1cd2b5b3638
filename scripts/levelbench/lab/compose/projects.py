"""Compose projects on the engine: find them and remove them with all that they contain."""

import os
import re
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import docker.errors
import requests

from levelbench.lab.compose.client import Client, asking
from levelbench.lab.site import EngineError, EngineGoneError

LABEL = "io.levelbench"
"""On everything that the lab creates: images, containers, networks and volumes."""
PROJECT_LABEL = "com.docker.compose.project"
SERVICE_LABEL = "com.docker.compose.service"
FOLDER_LABEL = "com.docker.compose.project.working_dir"
"""Of the compose file."""
PREFIX = "levelbench-"
LOOKS_AGAIN_S = 0.3
REMOVE_TIMEOUT_S = 60.0
"""A container takes up to 10 s to be killed; more means that the engine does not remove it."""


@asking()
def names(client: Client) -> set[str]:
    """The lab's projects that have a container, network or volume."""
    filters: dict[str, Any] = {"label": [LABEL, PROJECT_LABEL]}
    engine = client.docker
    containers = engine.containers.list(all=True, filters=filters, ignore_removed=True)
    networks, volumes = engine.networks.list(filters=filters), engine.volumes.list(filters=filters)
    labels = [
        *(container.labels for container in containers),
        *(network.attrs["Labels"] for network in networks),
        *(volume.attrs["Labels"] for volume in volumes),
    ]
    found = {label[PROJECT_LABEL] for label in labels}
    return {project for project in found if project.startswith(PREFIX)}


REFUSALS: Mapping[str, tuple[str, str]] = {
    r"No such image: (\S+)": (
        "the image {0} is missing: it was removed after it had been built or pulled",
        "Run the command again: it builds or pulls what is missing.",
    ),
    r"address pool": (
        "the engine has no addresses left for another network",
        "`docker network prune` removes networks that no container uses.",
    ),
    r"port is already allocated|address already in use": (
        "another program uses the port",
        "Choose another: PORT=<n>.",
    ),
}
"""What the engine says -> (cause, remedy), of faults of this machine."""


def refusal(said: str) -> EngineError | None:
    """A known refusal of the engine in the lab's own words."""
    for pattern, (cause, remedy) in REFUSALS.items():
        if found := re.search(pattern, said):
            return EngineError(cause.format(*found.groups()), remedy)
    return None


def require_network(client: Client) -> None:
    """Make a network and remove it. Raises EngineError where the engine has no room for one."""
    labels = {LABEL: "probe", PROJECT_LABEL: f"{PREFIX}probe"}  # `make clean` finds what is left
    try:
        with asking():
            name = f"{PREFIX}probe-{os.getpid()}-{threading.get_ident()}"
            network = client.docker.networks.create(name, labels=labels)
    except EngineGoneError:
        raise
    except EngineError as error:
        raise refusal(str(error)) or error from None
    with asking():
        network.remove()


@asking()
def owner(client: Client, project: str) -> Path | None:
    """The checkout that a project was made from; None for a project without a container."""
    filters: dict[str, Any] = {"label": f"{PROJECT_LABEL}={project}"}
    for container in client.docker.containers.list(all=True, filters=filters, ignore_removed=True):
        if folder := container.labels.get(FOLDER_LABEL):
            return Path(folder).parent
    return None


@asking()
def remove(client: Client, project: str, timeout_s: float = REMOVE_TIMEOUT_S) -> None:
    """Remove a project's containers, networks and volumes. Raises EngineError after `timeout_s`.

    An engine may still be creating something for a client that has gone: the lab looks again until
    it finds nothing.
    """
    deadline = time.monotonic() + timeout_s
    while left := _remove_once(client, project):
        if time.monotonic() > deadline:
            raise EngineError(
                f"{project} could not be removed within {timeout_s:g} s: {left} is still there",
                "Restart the container engine, then run `make clean`.",
            )
        time.sleep(LOOKS_AGAIN_S)


def _remove_once(client: Client, project: str) -> str | None:
    """Remove what a project has at this moment; one of its parts by name, None for nothing."""
    filters: dict[str, Any] = {"label": f"{PROJECT_LABEL}={project}"}
    engine = client.docker
    containers = engine.containers.list(all=True, filters=filters, ignore_removed=True)
    for container in containers:
        remove_container(client, str(container.id))
    networks = engine.networks.list(filters=filters)
    for network in networks:
        network.remove()
    volumes = engine.volumes.list(filters=filters)
    for volume in volumes:
        volume.remove(force=True)
    return next((str(part.id) for part in (*containers, *networks, *volumes)), None)


@asking()
def remove_container(client: Client, container: str) -> None:
    """Kill and remove a container and its anonymous volumes; a missing one is no error."""
    try:
        client.api.remove_container(container, force=True, v=True)
    except docker.errors.NotFound:
        return
    except docker.errors.APIError as error:
        if error.status_code != requests.codes.conflict:  # it is being removed already
            raise EngineError(f"a container could not be removed: {error.explanation}") from None
