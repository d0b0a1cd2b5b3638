from collections.abc import Mapping
from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion

from levelbench.lab.doctor.processor import accounting, frequency, model
from levelbench.model.run import CpuAccounting
from tests import DATA
from tests.unit.lab.doctor import shown

RECORDED = DATA / "machine"


def cpu_folder(folder: Path, files: Mapping[str, str]) -> Path:
    """A /sys/devices/system/cpu with these files."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{content}\n")
    return folder


def governors(kind: str) -> dict[str, str]:
    return {f"cpu{cpu}/cpufreq/scaling_governor": kind for cpu in (0, 1)}


@pytest.mark.parametrize(
    ("name", "virtual"), [("cpuinfo-virtual", True), ("cpuinfo-arm", None), ("nothing", None)]
)
def test_model(name: str, virtual: bool | None, snapshot: SnapshotAssertion) -> None:
    found = model(RECORDED / name)
    assert (found.grade, found.figures["virtual"]) == ("note" if virtual else "ok", virtual)
    assert shown(found) == snapshot


def test_a_physical_processor_is_fine(tmp_path: Path) -> None:
    text = (RECORDED / "cpuinfo-virtual").read_text().replace(" hypervisor", "")
    (tmp_path / "cpuinfo").write_text(text)
    found = model(tmp_path / "cpuinfo")
    assert (found.found, found.grade, found.figures["virtual"]) == ("AMD EPYC", "ok", False)


FIXED = {**governors("performance"), "intel_pstate/no_turbo": "1"}


@pytest.mark.parametrize(
    ("files", "grade"),
    [
        # CPU 7 is not used by the lab.
        ({**FIXED, "cpu7/cpufreq/scaling_governor": "powersave"}, "ok"),
        ({**FIXED, "cpu1/cpufreq/scaling_governor": "schedutil"}, "note"),
        ({**governors("performance"), "intel_pstate/no_turbo": "0"}, "note"),
        ({**governors("performance"), "cpufreq/boost": "1"}, "note"),
        (governors("powersave"), "note"),
        ({}, "note"),
    ],
    ids=["fixed", "two-governors", "turbo", "boost", "turbo-unknown", "unknown"],
)
def test_frequency(
    tmp_path: Path, files: dict[str, str], grade: str, snapshot: SnapshotAssertion
) -> None:
    found = frequency([0, 1], cpu_folder(tmp_path, files))
    assert found.grade == grade
    assert shown(found) == snapshot


def test_files_that_are_not_readable_are_unknown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(self: Path) -> str:
        raise PermissionError(13, "Permission denied")

    folder = cpu_folder(tmp_path, governors("powersave"))
    monkeypatch.setattr(Path, "read_text", refuse)
    assert frequency([0, 1], folder).figures == {"governors": {}, "turbo": None}


KNOWN = CpuAccounting(
    irq_time_accounting=True,
    paravirt_time_accounting=True,
    virt_cpu_accounting_gen=False,
    tick_cpu_accounting=True,
)


@pytest.mark.parametrize(
    ("options", "grade"), [(KNOWN, "ok"), (None, "note")], ids=["known", "unknown"]
)
def test_accounting(options: CpuAccounting | None, grade: str, snapshot: SnapshotAssertion) -> None:
    found = accounting(options)
    assert found.grade == grade
    assert shown(found) == snapshot
