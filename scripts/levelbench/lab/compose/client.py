"""Docker client: the connection to the engine, and its errors as the lab's own."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import docker
import docker.errors
import requests
import urllib3.exceptions
from docker.utils.socket import SocketError

from levelbench import command
from levelbench.lab.site import EngineError, EngineGoneError

TIMEOUT_S = 60


@contextmanager
def asking() -> Iterator[None]:
    """Turn what a call to the engine raises into an EngineError. Also a decorator."""
    try:
        yield
    except docker.errors.APIError as error:
        reason = str(error.explanation or error).strip().rstrip(".")
        raise EngineError(f"the container engine refused: {reason}") from None
    except (OSError, urllib3.exceptions.HTTPError, SocketError):  # requests' errors are OSErrors
        raise EngineGoneError from None


class Client:
    """The connection that the docker client's current context names."""

    def __init__(self) -> None:
        """Raises EngineError when no engine answers."""
        try:
            self.host = (
                os.environ.get("DOCKER_HOST")
                or command.run(
                    ["docker", "context", "inspect", "--format", "{{.Endpoints.docker.Host}}"],
                    timeout_s=10,
                ).strip()
            )
            self.docker = docker.DockerClient(base_url=self.host, timeout=TIMEOUT_S)
            self.info: dict[str, Any] = self.docker.info()
        except (docker.errors.DockerException, requests.RequestException, command.CommandError):
            raise EngineError(
                "no container engine answers",
                "Start it, or let scripts/bootstrap.sh do so; `docker info` must succeed.",
            ) from None

    @property
    def api(self) -> docker.APIClient:
        """The Engine API, one method per request."""
        return self.docker.api

    def another_api(self, timeout_s: float) -> docker.APIClient:
        """A connection of its own: a client is for one thread at a time."""
        return docker.APIClient(
            base_url=self.host, version=self.api.api_version, timeout=int(timeout_s)
        )

    def answers(self) -> bool:
        """Whether the engine answers at this moment."""
        try:
            return bool(self.docker.ping())
        except (docker.errors.DockerException, OSError):
            return False
