"""Docker client: the connection to the engine, and its errors as the lab's own."""

import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import docker
import docker.errors
import requests
import urllib3.exceptions
from docker.tls import TLSConfig
from docker.utils import kwargs_from_env
from docker.utils.socket import SocketError

from levelbench import command
from levelbench.errors import LabError
from levelbench.lab.site import EngineError, EngineGoneError

TIMEOUT_S = 60
API_MIN = (1, 41)
"""Of Docker Engine 20.10: the first that reads a container's counters without waiting a second
(GET /containers/<id>/stats, one-shot)."""

KEPT = frozenset(
    (
        *("PATH", "HOME", "USER", "LOGNAME", "LANG", "TMPDIR", "XDG_RUNTIME_DIR", "SSH_AUTH_SOCK"),
        *("SSL_CERT_FILE", "SSL_CERT_DIR", "DOCKER_HOST", "DOCKER_CONTEXT", "DOCKER_CONFIG"),
        *("DOCKER_CERT_PATH", "DOCKER_TLS", "DOCKER_TLS_VERIFY"),
        *("HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy"),
    )
)
"""What docker's programs get of the user's variables: how they reach the engine, and nothing that
could reach a container or choose another file, builder or platform."""


def inherits(name: str) -> bool:
    """Whether docker's programs get the user's variable of this name."""
    return name in KEPT


def run(words: Sequence[str], stdin: str | None = None, timeout_s: float = 600) -> str:
    """Run a command of the docker client and return its output. Raises CommandError."""
    return command.run(["docker", *words], stdin=stdin, timeout_s=timeout_s, inherits=inherits)


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


@dataclass(frozen=True)
class Place:
    """Where the engine is, as for the docker client: a variable or the current context names it."""

    host: str
    tls: TLSConfig | None = None
    named: str = ""
    """What names it; empty for the engine of this machine."""


def find() -> Place:
    """The place that the docker client's programs use, too. Raises LabError or DockerException."""
    if host := os.environ.get("DOCKER_HOST"):
        try:
            return Place(host, kwargs_from_env().get("tls"), "DOCKER_HOST")
        except docker.errors.TLSParameterError:
            raise LabError(
                f"the certificates for {host} cannot be read from DOCKER_CERT_PATH",
                "Let it name a folder with ca.pem, cert.pem and key.pem, or unset "
                "DOCKER_TLS_VERIFY.",
            ) from None
    (context,) = json.loads(run(["context", "inspect"], timeout_s=10))
    endpoint = context["Endpoints"]["docker"]
    name = str(context["Name"])
    return Place(
        str(endpoint["Host"]),
        _tls(context, verify=not endpoint.get("SkipTLSVerify")),
        "" if name == "default" else f"the context {name}",
    )


def _tls(context: dict[str, Any], *, verify: bool) -> TLSConfig | None:
    """A context's certificates; None where it has none."""
    files = (context.get("TLSMaterial") or {}).get("docker")
    if not files:
        return None
    folder = Path(context["Storage"]["TLSPath"]) / "docker"
    certificate, key, authority = (str(folder / f"{name}.pem") for name in ("cert", "key", "ca"))
    return TLSConfig(
        client_cert=(certificate, key) if "cert.pem" in files else None,
        ca_cert=authority if "ca.pem" in files else None,
        verify=verify,
    )


class Client:
    """The connection to the engine that the docker client uses, too."""

    def __init__(self) -> None:
        """Raises EngineError when no engine answers, or when it may not be used."""
        place: Place | None = None
        try:
            place = find()
            self.place = place
            self.docker = docker.DockerClient(
                base_url=place.host, tls=place.tls or False, timeout=TIMEOUT_S
            )
            self.info: dict[str, Any] = self.docker.info()
        except (docker.errors.DockerException, requests.RequestException, LabError) as error:
            raise unusable(place, error) from None
        _require_version(self.api.api_version, str(self.info.get("ServerVersion")))

    @property
    def api(self) -> docker.APIClient:
        """The Engine API, one method per request."""
        return self.docker.api

    def another_api(self, timeout_s: float) -> docker.APIClient:
        """A connection of its own: a client is for one thread at a time."""
        return docker.APIClient(
            base_url=self.place.host,
            tls=self.place.tls or False,
            version=self.api.api_version,
            timeout=int(timeout_s),
        )

    def answers(self) -> bool:
        """Whether the engine answers at this moment."""
        try:
            return bool(self.docker.ping())
        except (docker.errors.DockerException, OSError):
            return False


def unusable(place: Place | None, error: Exception) -> EngineError:
    """Why there is no engine to use: not known, not allowed, not reachable or not running."""
    if place is None:  # the docker client is missing, or does not know the context
        cause = error.cause if isinstance(error, LabError) else str(error)
        remedy = error.remedy if isinstance(error, LabError) else ""
        return EngineError(
            f"no container engine is known: {cause}",
            remedy or "`docker context ls` lists the engines that are configured.",
        )
    if place.host.startswith("ssh://"):
        return EngineError(
            f"the container engine at {place.host} is on another machine",
            "Run the lab there: its containers mount files of the checkout.",
        )
    if any(isinstance(one, PermissionError) for one in _raised(error)):
        return EngineError(
            f"the container engine at {place.host} may not be used by this user",
            "Run `sudo usermod --append --groups docker $USER`, then log in again.",
        )
    if place.named:
        return EngineError(
            f"no container engine answers at {place.host}, as {place.named} has it",
            "`docker info` must succeed. For the engine of this machine, unset DOCKER_HOST and run "
            "`docker context use default`.",
        )
    return EngineError(
        "no container engine answers",
        "Start it, or let scripts/bootstrap.sh do so; `docker info` must succeed.",
    )


def _raised(error: BaseException) -> Iterator[BaseException]:
    """An error and those within it: libraries wrap the system's as causes and as arguments."""
    yield error
    within = [error.__cause__, error.__context__, *error.args]
    for one in within:
        if isinstance(one, BaseException):
            yield from _raised(one)


def _require_version(api: str, server: str) -> None:
    if tuple(map(int, api.split("."))) < API_MIN:
        raise EngineError(
            f"the container engine is too old: version {server}, API {api}",
            f"Install Docker Engine 20.10 or newer, which has API {API_MIN[0]}.{API_MIN[1]}.",
        )
