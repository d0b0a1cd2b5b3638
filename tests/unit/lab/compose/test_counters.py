"""Cgroup files where they can be read, else the engine, whose answers come over a socket."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from socketserver import ThreadingUnixStreamServer
from types import SimpleNamespace
from typing import cast

import docker
import pytest

from levelbench.errors import LabError
from levelbench.lab.compose import counters
from levelbench.lab.compose.client import Client
from levelbench.lab.compose.counters import EngineStats
from levelbench.lab.meters import cgroup
from levelbench.lab.meters.sampler import GONE
from levelbench.lab.site import ContainerGoneError, ContainerState, EngineError
from tests import DATA

ID = "c0ffee0123456789abcdef0123456789abcdef0123456789abcdef0123456789"


def state(*, running: bool = True) -> ContainerState:
    return ContainerState(ID, running, 4242, 137, False, "2026-01-01T00:00:00.0Z")


def recorded(name: str) -> EngineStats:
    return EngineStats(lambda: json.loads((DATA / "engine" / name).read_text()))


class FakeEngine:
    """Answers the Engine API's question for statistics on a socket, and remembers it."""

    def __init__(self, folder: Path) -> None:
        self.answer = "stats-v2.json"
        self.status = 200
        self.asked: list[str] = []
        engine = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                engine.asked.append(self.path)
                body = (DATA / "engine" / engine.answer).read_bytes()
                if engine.status != 200:
                    body = b'{"message": "no such container"}'
                self.send_response(engine.status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def address_string(self) -> str:
                return "a client"

            def log_message(self, format: str, *arguments: object) -> None:
                pass

        path = folder / "engine.sock"
        self.server = ThreadingUnixStreamServer(str(path), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.client = cast(Client, SimpleNamespace(
            another_api=lambda timeout_s: docker.APIClient(
                base_url=f"unix://{path}", version="1.41", timeout=int(timeout_s)
            )
        ))  # fmt: skip


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[FakeEngine]:
    fake = FakeEngine(tmp_path)
    yield fake
    fake.server.shutdown()
    fake.server.server_close()


@pytest.fixture
def no_files(monkeypatch: pytest.MonkeyPatch) -> None:
    def locate(container: str, pid: int) -> None:
        raise cgroup.NotReadableError("the cgroup counters cannot be read on this host")

    monkeypatch.setattr(cgroup, "locate", locate)


def test_the_engines_answer_is_read_to_exact_figures() -> None:
    read = recorded("stats-v2.json").read()
    assert read.cpu_ms == pytest.approx(48211.937)
    assert read.memory_mib == 145.0
    assert (read.periods, read.throttled_periods) == (5127, 214)
    assert read.time_s == pytest.approx(1767323045.123456)
    assert read.network_bytes == 5338 + 648 + 4641 + 36


def test_network_bytes_are_unknown_where_the_engine_does_not_tell_them() -> None:
    answer = json.loads((DATA / "engine" / "stats-v2.json").read_text())
    del answer["networks"]
    assert EngineStats(lambda: answer).read().network_bytes is None


def test_an_ended_container_has_no_counters() -> None:
    with pytest.raises(GONE):
        recorded("stats-ended.json").read()


def test_files_are_preferred(engine: FakeEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    files = cgroup.CgroupV2(Path("/sys/fs/cgroup/docker/c0ffee"), Path("/proc/4242"))
    monkeypatch.setattr(cgroup, "locate", lambda container, pid: files)
    assert counters.find(engine.client, state()) is files
    assert engine.asked == []


@pytest.mark.usefixtures("no_files")
def test_the_engine_is_asked_where_there_are_no_files(engine: FakeEngine) -> None:
    found = counters.find(engine.client, state())
    assert found.origin == "engine"
    assert found.read().memory_mib == 145.0
    assert set(engine.asked) == {f"/v1.41/containers/{ID}/stats?stream=False&one-shot=True"}


@pytest.mark.usefixtures("no_files")
def test_says_when_the_engine_has_no_counters_either(engine: FakeEngine) -> None:
    engine.answer = "stats-ended.json"
    with pytest.raises(LabError, match="neither from its cgroup nor through the engine"):
        counters.find(engine.client, state())


@pytest.mark.usefixtures("no_files")
def test_a_container_that_the_engine_has_forgotten_is_gone(engine: FakeEngine) -> None:
    found = counters.find(engine.client, state())
    engine.status = 404
    with pytest.raises(GONE):
        found.read()


def test_an_ended_container_is_not_looked_for(engine: FakeEngine) -> None:
    with pytest.raises(ContainerGoneError, match="exited with status 137 before"):
        counters.find(engine.client, state(running=False))
    assert engine.asked == []


def test_an_engine_that_refuses_is_not_taken_for_a_host_without_files(
    engine: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def locate(container: str, pid: int) -> None:
        raise EngineError("the container engine refused: too many open files")

    monkeypatch.setattr(cgroup, "locate", locate)
    with pytest.raises(EngineError, match="too many open files"):
        counters.find(engine.client, state())
    assert engine.asked == []


@pytest.mark.usefixtures("no_files")
def test_an_engine_that_fails_says_so(engine: FakeEngine) -> None:
    engine.status = 500
    with pytest.raises(EngineError, match="the container engine refused"):
        counters.find(engine.client, state())
