from collections.abc import Mapping
from pathlib import Path

import pytest

from levelbench.lab.doctor.processor import frequency, model
from tests import DATA

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


class TestModel:
    def test_a_virtual_machine_says_so(self) -> None:
        found = model(RECORDED / "cpuinfo-virtual")
        assert found.found == "AMD EPYC, of a virtual machine"
        assert found.grade == "note"
        assert found.figures == {"cpu_model": "AMD EPYC", "virtual": True}

    def test_a_real_one_is_fine(self, tmp_path: Path) -> None:
        text = (RECORDED / "cpuinfo-virtual").read_text().replace(" hypervisor", "")
        (tmp_path / "cpuinfo").write_text(text)
        found = model(tmp_path / "cpuinfo")
        assert (found.found, found.grade) == ("AMD EPYC", "ok")
        assert found.figures["virtual"] is False

    @pytest.mark.parametrize("name", ["cpuinfo-arm", "nothing"])
    def test_what_is_not_told_is_unknown(self, name: str) -> None:
        found = model(RECORDED / name)
        assert found.found == "its model is not told"
        assert found.figures == {"cpu_model": None, "virtual": None}


class TestFrequency:
    def test_a_fixed_clock_is_fine(self, tmp_path: Path) -> None:
        files = {**governors("performance"), "intel_pstate/no_turbo": "1"}
        found = frequency([0, 1], cpu_folder(tmp_path, files))
        assert (found.found, found.grade) == ("governor performance; turbo off", "ok")
        assert found.remedy == ""

    def test_another_governor_is_named_with_what_changes_it(self, tmp_path: Path) -> None:
        files = {**governors("powersave"), "intel_pstate/no_turbo": "1"}
        found = frequency([0, 1], cpu_folder(tmp_path, files))
        assert (found.found, found.grade) == ("governor powersave; turbo off", "note")
        assert found.remedy == "As root: `cpupower frequency-set --governor performance`."

    @pytest.mark.parametrize(
        ("switch", "on", "command"),
        [
            ("intel_pstate/no_turbo", "0",
             "`echo 1 > /sys/devices/system/cpu/intel_pstate/no_turbo`"),
            ("cpufreq/boost", "1", "`echo 0 > /sys/devices/system/cpu/cpufreq/boost`"),
        ],
    )  # fmt: skip
    def test_turbo_is_named_with_what_switches_it_off(
        self, tmp_path: Path, switch: str, on: str, command: str
    ) -> None:
        found = frequency([0, 1], cpu_folder(tmp_path, {**governors("performance"), switch: on}))
        assert (found.found, found.grade) == ("governor performance; turbo on", "note")
        assert command in found.remedy
        assert "cpupower" not in found.remedy

    def test_one_cpu_with_another_governor_is_enough(self, tmp_path: Path) -> None:
        files = {**governors("performance"), "cpu1/cpufreq/scaling_governor": "schedutil"}
        found = frequency([0, 1], cpu_folder(tmp_path, files))
        assert found.found == "governor performance, schedutil; turbo not told"
        assert found.grade == "note"

    def test_cpus_that_are_not_the_labs_do_not_matter(self, tmp_path: Path) -> None:
        files = {**governors("performance"), "cpu7/cpufreq/scaling_governor": "powersave"}
        assert frequency([0, 1], cpu_folder(tmp_path, files)).grade == "ok"

    def test_nothing_told_is_a_note(self, tmp_path: Path) -> None:
        found = frequency([0, 1], tmp_path)
        assert found.grade == "note"
        assert "neither governor nor turbo is told here" in found.found
        assert found.figures == {"governors": {}, "turbo": None}

    def test_what_may_not_be_read_is_not_told(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def refuse(self: Path) -> str:
            raise PermissionError(13, "Permission denied")

        folder = cpu_folder(tmp_path, governors("powersave"))
        monkeypatch.setattr(Path, "read_text", refuse)
        assert "neither governor nor turbo" in frequency([0, 1], folder).found
