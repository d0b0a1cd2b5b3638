from types import SimpleNamespace

import psutil
import pytest

from levelbench.lab.doctor.memory import NEEDED_MIB, memory
from levelbench.model.config import load_config

CAPS = load_config().caps
CAPS_MIB = 5888
MIB = 2**20


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """What psutil tells, in MiB."""
    told = SimpleNamespace(total=8192, available=7000, swap_total=0, swap_used=0)
    monkeypatch.setattr(
        psutil,
        "virtual_memory",
        lambda: SimpleNamespace(total=told.total * MIB, available=told.available * MIB),
    )
    monkeypatch.setattr(
        psutil,
        "swap_memory",
        lambda: SimpleNamespace(total=told.swap_total * MIB, used=told.swap_used * MIB),
    )
    return told


def test_room_for_every_cap_is_fine(machine: SimpleNamespace) -> None:
    found = memory(CAPS, None)
    assert (found.grade, found.found) == ("ok", "7000 MiB free of 8192; swap off")


def test_less_than_the_caps_is_a_note(machine: SimpleNamespace) -> None:
    machine.available = CAPS_MIB - 1
    found = memory(CAPS, None)
    assert found.grade == "note"
    assert f"({CAPS_MIB} MiB in all)" in found.effect


def test_less_than_a_run_takes_is_too_little(machine: SimpleNamespace) -> None:
    machine.available = NEEDED_MIB - 1
    found = memory(CAPS, None)
    assert found.grade == "bad"
    assert found.remedy == f"Free some: a run takes {NEEDED_MIB} MiB."


def test_swap_in_use_is_a_note(machine: SimpleNamespace) -> None:
    machine.swap_total, machine.swap_used = 2048, 300
    found = memory(CAPS, None)
    assert (found.grade, found.found) == (
        "note", "7000 MiB free of 8192; swap 300 MiB used of 2048",
    )  # fmt: skip
    machine.swap_used = 0
    assert memory(CAPS, None).grade == "ok"


def test_a_smaller_engine_counts_and_not_its_host(machine: SimpleNamespace) -> None:
    found = memory(CAPS, engine_mib=900.0)
    assert (found.grade, found.found) == ("bad", "900 MiB free of 900; swap off")
