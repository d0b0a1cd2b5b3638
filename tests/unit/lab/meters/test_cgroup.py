"""Where the counters lie, in recorded files of both versions and both of the engine's drivers."""

import shutil
from pathlib import Path

import pytest

from levelbench.errors import LabError
from levelbench.lab.meters.cgroup import CgroupV1, CgroupV2, locate, of_process
from tests import DATA

RECORDED = DATA / "cgroup"
PID = 4242
ID = "c0ffee"
LONG_ID = "c0ffee" + "0123456789abcdef" * 3 + "0123456789"


def found_in(layout: str, container: str = ID) -> CgroupV1 | CgroupV2:
    return locate(container, PID, RECORDED / layout, RECORDED / layout / "proc")


def process_in(folder: Path, *lines: str) -> Path:
    """A /proc whose one process is in these cgroups."""
    (folder / "proc" / str(PID)).mkdir(parents=True)
    (folder / "proc" / str(PID) / "cgroup").write_text("".join(f"{line}\n" for line in lines))
    return folder / "proc"


def test_reads_the_counters_of_version_1() -> None:
    found = found_in("v1")
    assert isinstance(found, CgroupV1)
    read = found.read()
    assert read.cpu_ms == pytest.approx(770.695863)
    assert read.memory_mib == pytest.approx(69935104 / 2**20)
    assert (read.periods, read.throttled_periods) == (282, 0)
    assert read.oom_kills == 0


def test_reads_the_counters_of_version_2() -> None:
    found = found_in("v2")
    assert isinstance(found, CgroupV2)
    read = found.read()
    assert read.cpu_ms == pytest.approx(1234.567)
    assert read.memory_mib == 70.0
    assert (read.periods, read.throttled_periods) == (321, 12)
    assert read.oom_kills == 2


def test_events_are_those_of_the_same_container() -> None:
    assert found_in("v2").perf_event == RECORDED / "v2" / "docker" / ID


def test_version_1_may_leave_events_to_version_2(tmp_path: Path) -> None:
    own = (RECORDED / "v1" / "proc" / str(PID) / "cgroup").read_text().splitlines()
    proc = process_in(tmp_path, *own, f"0::/docker/{ID}")
    found = locate(ID, PID, RECORDED / "v1", proc)
    assert found.perf_event == RECORDED / "v1" / "unified" / "docker" / ID


def test_without_a_cgroup_of_events_the_other_counters_are_read(tmp_path: Path) -> None:
    own = (RECORDED / "v1" / "proc" / str(PID) / "cgroup").read_text().splitlines()
    kept = [line for line in own if "perf_event" not in line and not line.startswith("0::")]
    found = locate(ID, PID, RECORDED / "v1", process_in(tmp_path, *kept))
    assert found.perf_event is None
    assert found.read().cpu_ms > 0


def test_reads_the_network_bytes_of_the_first_process_without_loopback() -> None:
    assert found_in("v2").read().network_bytes == 1611518843 + 4577076 + 1531416 + 514090311


def test_network_bytes_are_unknown_where_the_file_is_missing() -> None:
    assert found_in("v1").read().network_bytes is None


def test_reads_the_counters_where_systemd_makes_the_cgroups() -> None:
    read = found_in("v2-systemd", LONG_ID).read()
    assert read.cpu_ms == pytest.approx(48211.937)
    assert read.memory_mib == 145.0
    assert (read.periods, read.throttled_periods) == (5127, 214)
    assert read.oom_kills is None  # not recorded: older kernels have none


def test_a_hybrid_machine_is_read_as_version_1(tmp_path: Path) -> None:
    """Controllers that share a mount, each with a link; version 2 beside them has none."""
    root = tmp_path / "cgroup"
    shutil.copytree(RECORDED / "v1" / "cpuacct", root / "cpu,cpuacct")
    shutil.copytree(RECORDED / "v1" / "cpu", root / "cpu,cpuacct", dirs_exist_ok=True)
    shutil.copytree(RECORDED / "v1" / "memory", root / "memory")
    for name in ("cpu", "cpuacct"):
        (root / name).symlink_to("cpu,cpuacct")
    unified = root / "unified" / "system.slice" / "docker.service"
    unified.mkdir(parents=True)
    (unified / "cpu.stat").write_text("usage_usec 1\n")
    proc = process_in(
        tmp_path,
        "4:memory:/docker/c0ffee",
        "3:cpu,cpuacct:/docker/c0ffee",
        "1:name=systemd:/docker/c0ffee",
        "0::/system.slice/docker.service",
    )
    found = locate(ID, PID, root, proc)
    assert isinstance(found, CgroupV1)
    assert found.read().cpu_ms == pytest.approx(770.695863)


def test_periods_are_unknown_where_the_controller_is_not_enabled(tmp_path: Path) -> None:
    folder = tmp_path / "docker" / ID
    folder.mkdir(parents=True)
    (folder / "cpu.stat").write_text("usage_usec 1000\nuser_usec 600\nsystem_usec 400\n")
    shutil.copy(RECORDED / "v2" / "docker" / ID / "memory.stat", folder)
    read = locate(ID, PID, tmp_path, process_in(tmp_path, f"0::/docker/{ID}")).read()
    assert (read.periods, read.throttled_periods) == (None, None)
    assert read.cpu_ms == 1.0


def test_a_container_that_made_cgroups_of_its_own_is_read_whole(tmp_path: Path) -> None:
    shutil.copytree(RECORDED / "v2" / "docker", tmp_path / "docker")
    below = tmp_path / "docker" / ID / "init.scope"
    shutil.copytree(RECORDED / "v2-systemd" / "system.slice" / f"docker-{LONG_ID}.scope", below)
    proc = process_in(tmp_path, f"0::/docker/{ID}/init.scope")
    assert locate(ID, PID, tmp_path, proc).read().cpu_ms == pytest.approx(1234.567)


def test_a_process_of_this_machine_with_the_number_of_the_engines_is_not_read() -> None:
    """A virtual machine's process numbers mean others here."""
    with pytest.raises(LabError, match="cannot be read on this host"):
        found_in("v2", container="decaf")


def test_a_path_out_of_this_namespace_is_not_followed(tmp_path: Path) -> None:
    """What lies at /sys/fs/cgroup/.. is no cgroup, whatever it is called."""
    shutil.copytree(RECORDED / "v2" / "docker", tmp_path / "docker")
    proc = process_in(tmp_path, f"0::/../docker/{ID}")
    root = tmp_path / "cgroup"
    root.mkdir()
    assert (root / ".." / "docker" / ID / "cpu.stat").is_file()
    with pytest.raises(LabError, match="cannot be read on this host"):
        locate(ID, PID, root, proc)


@pytest.mark.parametrize("missing", ["cpu.stat", "memory.stat"])
def test_says_when_a_file_is_missing(tmp_path: Path, missing: str) -> None:
    shutil.copytree(RECORDED / "v2", tmp_path, dirs_exist_ok=True)
    (tmp_path / "docker" / ID / missing).unlink()
    with pytest.raises(LabError, match="cannot be read on this host"):
        locate(ID, PID, tmp_path, tmp_path / "proc")


def test_says_when_a_file_may_not_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(self: Path) -> str:
        if self.name == "memory.stat":
            raise PermissionError(13, "Permission denied")
        return unrestricted(self)

    unrestricted = Path.read_text
    monkeypatch.setattr(Path, "read_text", refuse)
    with pytest.raises(LabError, match="cannot be read on this host"):
        found_in("v2")


def test_says_when_a_controller_is_at_neither_place(tmp_path: Path) -> None:
    proc = process_in(tmp_path, "3:cpu,cpuacct:/docker/c0ffee", "0::/docker/c0ffee")
    with pytest.raises(LabError, match="cannot be read on this host"):
        locate(ID, PID, RECORDED / "v1", proc)


def test_says_when_the_process_is_gone() -> None:
    with pytest.raises(LabError, match="its process is not on this host"):
        locate(ID, 1, RECORDED / "v1", RECORDED / "v1" / "proc")


def test_reads_the_cgroup_of_a_process_that_is_in_no_container() -> None:
    found = of_process(PID, RECORDED / "v1", RECORDED / "v1" / "proc")
    assert found.read().cpu_ms == pytest.approx(770.695863)
