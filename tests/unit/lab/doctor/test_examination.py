"""All checks together, on the machine that the tests run on, without its slow parts."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from levelbench.errors import LabError
from levelbench.lab import engines
from levelbench.lab.doctor import examination, speed, watch
from levelbench.lab.doctor.diagnosis import Diagnosis
from levelbench.lab.doctor.speed import Spread
from levelbench.lab.doctor.watch import Watched
from levelbench.lab.engine import EngineDescription, Image
from levelbench.lab.lock import exclusive
from levelbench.lab.site import EngineError
from levelbench.model.config import load_config
from levelbench.model.topology import Topology

IDLE = Watched(busy={0: 0.0, 1: 0.0}, steal={0: 0.0, 1: 0.0}, processes=[], load_average=0.0)
HOST = ["cores", "processor", "frequency", "cpu-accounting", "steal", "load", "speed", "memory"]


class FakeEngine:
    """One of this machine, which holds every image."""

    id = f"test-doctor-{os.getpid()}"
    disk_remedy = "Free some."

    def describe(self) -> EngineDescription:
        return EngineDescription(80_000.0, "6.12", "28.0", "v2 (systemd)")

    def checks(self, topology: Topology | None) -> list[Diagnosis]:
        return [Diagnosis(code="caps", name="Caps", found="all", grade="ok", effect="none")]

    def disk_free_mib(self) -> float:
        return 80_000.0

    def image(self, reference: str) -> Image:
        return Image(id=f"sha256:{reference}")


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

    monkeypatch.setattr(engines, "connect", gone)
    said: list[str] = []
    checks = examination.examine(load_config(), said.append)
    assert [check.code for check in checks] == [*HOST, "engine", "clock"]
    assert [check.code for check in checks if check.required] == ["engine"]
    assert "measuring the load" in said[0]


def test_looks_at_an_engine_that_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engines, "connect", FakeEngine)
    checks = {check.code: check for check in examination.examine(load_config(), print)}
    assert list(checks) == [*HOST, "caps", "disk", "images", "clock"]
    assert checks["images"].found.startswith("official: ")


def test_does_not_disturb_a_bench(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engines, "connect", FakeEngine)
    said: list[str] = []
    with (
        exclusive(FakeEngine.id),
        pytest.raises(LabError, match="another bench is running"),
    ):
        examination.examine(load_config(), said.append)
    assert said == []
