from types import SimpleNamespace

import psutil
import pytest
from syrupy.assertion import SnapshotAssertion

from levelbench.lab.doctor.memory import NEEDED_MIB, memory
from levelbench.model.config import load_config
from tests.unit.lab.doctor import shown

CAPS = load_config().caps
CAPS_MIB = 5888
MIB = 2**20


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """Values that psutil reports, in MiB."""
    said = SimpleNamespace(total=8192, available=7000, swap_total=0, swap_used=0)
    monkeypatch.setattr(
        psutil,
        "virtual_memory",
        lambda: SimpleNamespace(total=said.total * MIB, available=said.available * MIB),
    )
    monkeypatch.setattr(
        psutil,
        "swap_memory",
        lambda: SimpleNamespace(total=said.swap_total * MIB, used=said.swap_used * MIB),
    )
    return said


@pytest.mark.parametrize(
    ("available", "swap_used", "grade"),
    [
        (7000, 0, "ok"),
        (7000, 300, "note"),
        (CAPS_MIB - 1, 0, "note"),
        (NEEDED_MIB - 1, 0, "bad"),
    ],
)
def test_memory(
    machine: SimpleNamespace,
    available: int,
    swap_used: int,
    grade: str,
    snapshot: SnapshotAssertion,
) -> None:
    machine.available, machine.swap_total, machine.swap_used = available, 2048, swap_used
    found = memory(CAPS, None)
    assert found.grade == grade
    assert shown(found) == snapshot


def test_the_memory_of_a_smaller_engine_counts(machine: SimpleNamespace) -> None:
    found = memory(CAPS, engine_mib=900.0)
    assert (found.grade, found.found) == ("bad", "900 MiB free of 900; swap off")
