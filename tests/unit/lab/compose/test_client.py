"""Where the engine is, and why it cannot be used."""

import json
from pathlib import Path
from typing import Any

import docker
import docker.errors
import pytest
import requests
from syrupy.assertion import SnapshotAssertion
from urllib3.exceptions import ProtocolError

from levelbench import command
from levelbench.lab.compose import client as looking
from levelbench.lab.compose.client import Client, Place
from levelbench.lab.site import EngineError

HERE = "unix:///var/run/docker.sock"


@pytest.fixture(autouse=True)
def no_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DOCKER_HOST", "DOCKER_TLS_VERIFY", "DOCKER_CERT_PATH", "DOCKER_CONTEXT"):
        monkeypatch.delenv(name, raising=False)


def context(monkeypatch: pytest.MonkeyPatch, name: str, host: str, **more: Any) -> None:
    """What the docker client says of its current context."""
    found = {"Name": name, "Endpoints": {"docker": {"Host": host}}, **more}
    monkeypatch.setattr(command, "run", lambda *_, **__: json.dumps([found]))


def certificates(folder: Path) -> Path:
    folder.mkdir(parents=True)
    for name in ("ca", "cert", "key"):
        (folder / f"{name}.pem").touch()
    return folder


def test_the_current_context_is_the_place(monkeypatch: pytest.MonkeyPatch) -> None:
    context(monkeypatch, "rootless", "unix:///run/user/1000/docker.sock")
    assert looking.find() == Place(
        "unix:///run/user/1000/docker.sock", None, "the context rootless"
    )


def test_the_default_context_is_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    context(monkeypatch, "default", HERE)
    assert looking.find() == Place(HERE)


def test_a_context_brings_its_certificates(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = certificates(tmp_path / "tls" / "docker")
    context(
        monkeypatch, "far", "tcp://192.0.2.1:2376",
        TLSMaterial={"docker": ["ca.pem", "cert.pem", "key.pem"]},
        Storage={"TLSPath": str(folder.parent)},
    )  # fmt: skip
    tls = looking.find().tls
    assert tls is not None
    assert tls.cert == (str(folder / "cert.pem"), str(folder / "key.pem"))
    assert (tls.ca_cert, tls.verify) == (str(folder / "ca.pem"), True)


def test_a_variable_comes_first_and_brings_its_certificates(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = certificates(tmp_path / "certificates")
    context(monkeypatch, "far", "tcp://192.0.2.1:2376")
    monkeypatch.setenv("DOCKER_HOST", "tcp://192.0.2.2:2376")
    monkeypatch.setenv("DOCKER_TLS_VERIFY", "1")
    monkeypatch.setenv("DOCKER_CERT_PATH", str(folder))
    found = looking.find()
    assert (found.host, found.named) == ("tcp://192.0.2.2:2376", "DOCKER_HOST")
    assert found.tls is not None
    assert found.tls.cert == (str(folder / "cert.pem"), str(folder / "key.pem"))


def test_library_and_command_line_use_the_same_certificates(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The library connected without them, where the command line did with them."""
    asked: list[dict[str, Any]] = []

    def connect(**options: Any) -> docker.DockerClient:
        asked.append(options)
        raise docker.errors.DockerException("enough")

    monkeypatch.setenv("DOCKER_HOST", "tcp://192.0.2.2:2376")
    monkeypatch.setenv("DOCKER_TLS_VERIFY", "1")
    monkeypatch.setenv("DOCKER_CERT_PATH", str(certificates(tmp_path / "certificates")))
    monkeypatch.setattr(docker, "DockerClient", connect)
    with pytest.raises(EngineError):
        Client()
    assert asked[0]["base_url"] == "tcp://192.0.2.2:2376"
    assert asked[0]["tls"].verify


def library_error(error: OSError) -> docker.errors.DockerException:
    """As docker's library raises an error of the system."""
    wrapped = requests.ConnectionError(ProtocolError("Connection aborted.", error))
    found = docker.errors.DockerException(f"Error while fetching server API version: {wrapped}")
    found.__cause__ = wrapped
    return found


DENIED = PermissionError(13, "Permission denied")
ABSENT = FileNotFoundError(2, "No such file or directory")


@pytest.mark.parametrize(
    ("place", "error"),
    [
        (Place(HERE), ABSENT),
        (Place(HERE), DENIED),
        (Place("tcp://192.0.2.1:2375", None, "DOCKER_HOST"), TimeoutError(110, "timed out")),
        (Place("unix:///run/user/1000/docker.sock", None, "the context rootless"), ABSENT),
        (Place("ssh://me@example.org", None, "DOCKER_HOST"), ABSENT),
    ],
    ids=["not-running", "not-allowed", "not-reachable", "context", "ssh"],
)
def test_each_reason_has_its_own_words(
    place: Place, error: OSError, snapshot: SnapshotAssertion
) -> None:
    assert str(looking.unusable(place, library_error(error))) == snapshot


def test_an_unknown_context_is_the_clients_words(snapshot: SnapshotAssertion) -> None:
    error = command.CommandError('`docker context inspect` failed: context "far" not found')
    assert str(looking.unusable(None, error)) == snapshot


def test_a_missing_client_is_said(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, snapshot: SnapshotAssertion
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(EngineError) as caught:
        Client()
    assert str(caught.value) == snapshot


def test_an_engine_that_is_too_old_is_said() -> None:
    with pytest.raises(EngineError, match=r"too old: version 19\.03\.1, API 1\.40\. Install "):
        looking._require_version("1.40", "19.03.1")
    looking._require_version("1.41", "20.10.0")
    looking._require_version("1.100", "99")


def test_certificates_that_are_missing_are_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """The library spoke of a parameter of its own, with a link to a page about another client."""
    monkeypatch.setenv("DOCKER_HOST", "tcp://192.0.2.2:2376")
    monkeypatch.setenv("DOCKER_TLS_VERIFY", "1")
    monkeypatch.setenv("DOCKER_CERT_PATH", "/nonexistent")
    with pytest.raises(EngineError) as raised:
        Client()
    assert raised.value.cause.endswith("2376 cannot be read from DOCKER_CERT_PATH")
    assert "unset DOCKER_TLS_VERIFY" in raised.value.remedy
