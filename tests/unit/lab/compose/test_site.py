"""What Docker's programs are given, with a program that stands in for the docker client."""

import os
from pathlib import Path
from typing import Any, cast

import pytest
import yaml

from levelbench.command import CommandError
from levelbench.errors import LabError
from levelbench.lab.compose.client import Client
from levelbench.lab.compose.engine import REFUSES, ComposeEngine, digest_of
from levelbench.lab.compose.site import ComposeSite, open_to_containers
from levelbench.lab.site import EngineError
from levelbench.model.config import COMPOSE_FILE

HOSTILE = {
    "UNCHECKED": '{"list":["total"]}',
    "SLICES": "9",
    "TURNS": "5",
    "SERVICE_HOST": "example.org",
    "K6_SCRIPT": "prepare.js",
    "REDIS_DATABASE": "3",
    "K6_VUS": "7",
    "COMPOSE_FILE": "/elsewhere.yaml",
    "COMPOSE_PROFILES": "none",
    "COMPOSE_REMOVE_ORPHANS": "1",
    "BUILDX_BUILDER": "remote",
    "BUILDKIT_HOST": "tcp://192.0.2.1:1",
    "DOCKER_BUILDKIT": "0",
    "DOCKER_DEFAULT_PLATFORM": "linux/arm64",
    "PYTHONPATH": "/elsewhere",
    "GIT_DIR": "/elsewhere",
    "PIP_INDEX_URL": "https://192.0.2.1/",
}
"""Variables of a user, each of which has changed a figure or a record somewhere."""
SERVICES: dict[str, Any] = yaml.safe_load(COMPOSE_FILE.read_text(encoding="utf-8"))["services"]


class Docker:
    """What the docker client was called with."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def answers(self, status: int, text: str) -> None:
        program = (
            "#!/bin/sh\n"
            f'env >"{self.folder}/variables"\nprintf "%s\\n" "$@" >"{self.folder}/words"\n'
            f"cat <<'END' >&2\n{text}\nEND\nexit {status}\n"
        )
        (self.folder / "docker").write_text(program)
        (self.folder / "docker").chmod(0o755)

    @property
    def variables(self) -> dict[str, str]:
        lines = (self.folder / "variables").read_text().splitlines()
        return dict(line.split("=", 1) for line in lines if "=" in line)

    @property
    def words(self) -> list[str]:
        return (self.folder / "words").read_text().splitlines()


@pytest.fixture
def docker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Docker:
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    for name, value in HOSTILE.items():
        monkeypatch.setenv(name, value)
    found = Docker(tmp_path)
    found.answers(0, "")
    return found


@pytest.fixture
def site() -> ComposeSite:
    return ComposeSite.of_servers(cast(Client, None), "p", {"A": "own"}, None, watched=False)


def test_compose_gets_the_labs_variables_and_none_of_the_users(
    docker: Docker, site: ComposeSite
) -> None:
    site.up("k6", SEED="1")
    found = docker.variables
    assert (found["A"], found["SEED"]) == ("own", "1")
    assert (found["SERVICE_HOST"], found["REDIS_DATABASE"]) == ("contestant", "0")
    assert not {name: found[name] for name in HOSTILE if found.get(name) == HOSTILE[name]}


def test_a_seats_variables_are_not_the_users_either(docker: Docker, site: ComposeSite) -> None:
    site.seat(2).up("service")
    assert docker.variables["SERVICE_HOST"] == "contestant-2"
    assert docker.variables["REDIS_DATABASE"] == "2"


def test_no_file_of_variables_is_read(docker: Docker, site: ComposeSite) -> None:
    site.up("k6")
    words = docker.words
    assert words[words.index("--env-file") + 1] == os.devnull


@pytest.mark.parametrize("name", ["DOCKER_HOST", "DOCKER_CONTEXT", "DOCKER_CONFIG", "HTTPS_PROXY"])
def test_how_the_engine_is_reached_is_the_users(
    docker: Docker, site: ComposeSite, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv(name, "set")
    site.up("k6")
    assert docker.variables[name] == "set"


def test_an_image_is_built_by_the_engine_for_its_own_platform(
    docker: Docker, tmp_path: Path
) -> None:
    ComposeEngine.build(cast(ComposeEngine, None), tmp_path, "levelbench/a:1", {}, {})
    assert docker.words[:2] == ["build", "--progress=plain"]
    assert docker.variables["DOCKER_BUILDKIT"] == "1"
    assert not {"BUILDX_BUILDER", "BUILDKIT_HOST", "DOCKER_DEFAULT_PLATFORM"} & set(
        docker.variables
    )


@pytest.mark.parametrize("name", SERVICES)
def test_no_container_gets_a_proxy_of_the_client(name: str) -> None:
    """The client's configuration names proxies, which it sets unless the container has its own."""
    environment = SERVICES[name]["environment"]
    for proxy in ("HTTP_PROXY", "HTTPS_PROXY", "FTP_PROXY", "ALL_PROXY", "NO_PROXY"):
        assert (environment[proxy], environment[proxy.lower()]) == ("", "")


@pytest.mark.parametrize("name", SERVICES)
def test_no_image_is_pulled_as_a_container_starts(name: str) -> None:
    assert SERVICES[name]["pull_policy"] == "never"


@pytest.mark.parametrize("file", sorted(COMPOSE_FILE.parent.glob("*.yaml")), ids=lambda f: f.stem)
def test_no_compose_file_has_a_default(file: Path) -> None:
    """`${NAME:-default}` would be the user's NAME where the lab gives none."""
    assert ":-" not in file.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("said", "cause"),
    [
        (
            "Error response from daemon: No such image: levelbench/service-flask:c0ffee",
            "the image levelbench/service-flask:c0ffee is missing: it was removed after",
        ),
        (
            "failed to create network p_lab: Error response from daemon: could not find an "
            "available, non-overlapping IPv4 address pool among the defaults to assign to the "
            "network",
            "the engine has no addresses left for another network",
        ),
        (
            "Error response from daemon: all predefined address pools have been fully subnetted",
            "the engine has no addresses left for another network",
        ),
        (
            "driver failed programming external connectivity: Bind for 127.0.0.1:8000 failed: "
            "port is already allocated",
            "another program uses the port",
        ),
    ],
)
def test_a_fault_of_the_machine_has_its_own_words(
    docker: Docker, site: ComposeSite, said: str, cause: str
) -> None:
    docker.answers(1, said)
    with pytest.raises(EngineError) as caught:
        site.up("service")
    assert caught.value.cause.startswith(cause)
    assert caught.value.remedy


def test_another_fault_is_the_clients_last_line(docker: Docker, site: ComposeSite) -> None:
    docker.answers(1, "something else")
    with pytest.raises(CommandError, match=r"`docker compose` failed: something else"):
        site.up("service")


def test_files_of_a_checkout_with_a_strict_umask_are_opened(tmp_path: Path) -> None:
    """PostgreSQL said that its configuration has errors."""
    folder = tmp_path / "postgres"
    folder.mkdir(mode=0o700)
    file = folder / "postgresql.conf"
    file.touch(mode=0o600)
    open_to_containers([folder])
    assert (folder.stat().st_mode & 0o777, file.stat().st_mode & 0o777) == (0o755, 0o644)


def test_files_that_cannot_be_opened_are_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def chmod(path: Path, mode: int) -> None:
        raise PermissionError(1, "Operation not permitted")

    file = tmp_path / "gate.py"
    file.touch(mode=0o600)
    monkeypatch.setattr(Path, "chmod", chmod)
    with pytest.raises(LabError, match=r"cannot read .*gate\.py.* Run `sudo chmod -R go\+rX "):
        open_to_containers([file])


@pytest.mark.parametrize(
    ("reference", "digest"),
    [
        ("localhost:5000/python:3.13", "sha256:mirrored"),
        ("python:3.13", "sha256:official"),
        ("python:3.13@sha256:official", "sha256:official"),
        ("elsewhere/python:3.13", "sha256:official"),
    ],
)
def test_a_digest_is_that_of_the_registry_in_use(reference: str, digest: str) -> None:
    known = ["python@sha256:official", "localhost:5000/python@sha256:mirrored"]
    assert digest_of(reference, known) == digest


def test_an_image_built_here_has_no_digest() -> None:
    assert digest_of("levelbench/k6:1", []) is None


@pytest.mark.parametrize(
    ("said", "refuses"),
    [
        ("toomanyrequests: You have reached your pull rate limit", True),
        ("received unexpected HTTP status: 503 Service Unavailable", True),
        ("unauthorized: authentication required", True),
        ("pull access denied: requested access to the resource is denied", True),
        ("manifest unknown: manifest unknown", True),
        ('Get "https://registry-1.docker.io/v2/": dial tcp: lookup: no such host', False),
        ('Get "https://127.0.0.1:9/v2/": dial tcp 127.0.0.1:9: connect: connection refused', False),
        ('Get "https://registry-1.docker.io/v2/": proxyconnect tcp: EOF', False),
    ],
)
def test_a_registry_that_refuses_is_told_from_none(said: str, refuses: bool) -> None:
    assert (REFUSES.search(said) is not None) == refuses
