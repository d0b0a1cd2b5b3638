"""All checks together, on the machine that the tests run on, without its slow parts."""

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import pytest

from levelbench import command
from levelbench.command import CommandError
from levelbench.errors import LabError
from levelbench.lab.compose.engine import EngineError
from levelbench.lab.doctor import examination, speed, watch
from levelbench.lab.doctor.speed import Spread
from levelbench.lab.doctor.watch import Watched
from levelbench.lab.lock import exclusive
from levelbench.model.config import load_config
from tests import DATA

IDLE = Watched(busy={0: 0.0, 1: 0.0}, steal={0: 0.0, 1: 0.0}, processes=[], load_average=0.0)
HOST = ["cores", "processor", "frequency", "steal", "load", "speed", "memory"]


class FakeEngine:
    """One of this machine, which holds every image."""

    id = f"test-doctor-{os.getpid()}"
    info: Mapping[str, Any] = json.loads((DATA / "engine" / "info.json").read_text())
    client = SimpleNamespace(api=SimpleNamespace(containers=list))

    def disk_free_mib(self) -> float:
        return 80_000.0

    def image(self, reference: str) -> dict[str, str]:
        return {"Id": f"sha256:{reference}"}


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    @contextmanager
    def busy(cpus: list[int]) -> Iterator[None]:
        yield

    monkeypatch.setattr(watch, "watch", lambda: IDLE)
    monkeypatch.setattr(speed, "measure", lambda time_loop: Spread(10.0, 0.01))
    monkeypatch.setattr(speed, "busy", busy)


def test_says_what_it_can_without_an_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    def gone() -> None:
        raise EngineError("no container engine answers", "Start it.")

    monkeypatch.setattr(examination, "Engine", gone)
    said: list[str] = []
    checks = examination.examine(load_config(), said.append)
    assert [check.code for check in checks] == [*HOST, "engine", "clock"]
    assert [check.code for check in checks if check.required] == ["engine"]
    assert "measuring the load" in said[0]


def test_looks_at_an_engine_that_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(words: list[str], timeout_s: float = 600) -> str:
        raise CommandError("the command 'docker' is missing")

    monkeypatch.setattr(examination, "Engine", FakeEngine)
    monkeypatch.setattr(command, "run", missing)
    checks = {check.code: check for check in examination.examine(load_config(), print)}
    of_engine = ["engine", "engine-host", "caps", "counters", "containers", "disk", "images"]
    assert list(checks) == [*HOST, *of_engine, "clock"]
    assert checks["engine"].found.endswith("missing: docker compose, docker buildx")
    assert checks["images"].found.startswith("official: ")


def test_does_not_disturb_a_bench(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(examination, "Engine", FakeEngine)
    said: list[str] = []
    with (
        exclusive(FakeEngine.id),
        pytest.raises(LabError, match="another bench is running"),
    ):
        examination.examine(load_config(), said.append)
    assert said == []
