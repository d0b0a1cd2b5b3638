"""Three seconds of a machine's /proc, while `yes` had CPU 1."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest

from levelbench.lab.doctor import watch as watching
from levelbench.lab.doctor.watch import Watched, load, steal, watch
from tests import DATA

RECORDED = DATA / "machine"
STOLEN_TICKS = 60


@pytest.fixture
def procfs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder whose `proc` is what psutil reads, and as recorded at the start."""
    for moment in ("before", "after"):
        shutil.copytree(RECORDED / f"proc-{moment}", tmp_path / moment)
    monkeypatch.setattr(psutil, "PROCFS_PATH", str(tmp_path / "proc"))
    monkeypatch.setattr(psutil, "getloadavg", lambda: (2.5, 1.0, 0.5))
    psutil.process_iter.cache_clear()
    yield tmp_path
    psutil.process_iter.cache_clear()


def watched(folder: Path) -> Watched:
    """What is seen when the recorded three seconds pass."""
    (folder / "proc").symlink_to("before")

    def pass_time(seconds: float) -> None:
        assert seconds == 3.0
        (folder / "proc").unlink()
        (folder / "proc").symlink_to("after")

    return watch(3.0, pass_time, lambda: [0, 1])


def test_reads_busy_shares_and_processes(procfs: Path) -> None:
    found = watched(procfs)
    # CPU 0: 302 ticks, 29 idle and 7 waiting for a disk; CPU 1: none of 305.
    assert found.busy == {0: pytest.approx(0.881, abs=0.0011), 1: pytest.approx(1.0)}
    assert found.steal == {0: 0.0, 1: 0.0}
    assert found.processes == [("yes", pytest.approx(2.56 / 3)), ("kthreadd", 0.0)]
    assert found.load_average == 2.5


def test_stolen_time_is_not_busy_time(procfs: Path) -> None:
    stat = procfs / "after" / "stat"
    line = "cpu1 106030 0 17614 52514 1561 0 1535 126 0 0"
    assert line in stat.read_text()
    stolen = f"cpu1 {106030 - STOLEN_TICKS} 0 17614 52514 1561 0 1535 {126 + STOLEN_TICKS} 0 0"
    stat.write_text(stat.read_text().replace(line, stolen))
    found = watched(procfs)
    assert found.steal == {0: 0.0, 1: pytest.approx(STOLEN_TICKS / 305, abs=0.0005)}
    assert found.busy[1] == pytest.approx(1 - STOLEN_TICKS / 305, abs=0.0011)


def test_a_cpu_that_is_switched_off_keeps_its_number(procfs: Path) -> None:
    (procfs / "proc").symlink_to("before")
    assert set(watch(3.0, lambda seconds: None, lambda: [0, 2]).busy) == {0, 2}


def test_a_system_that_tells_no_steal_has_none(monkeypatch: pytest.MonkeyPatch) -> None:
    shares = [SimpleNamespace(user=10.0, idle=90.0), SimpleNamespace(user=100.0, idle=0.0)]
    monkeypatch.setattr(psutil, "cpu_times_percent", lambda percpu: shares)
    monkeypatch.setattr(watching, "_process_seconds", dict)
    found = watch(1.0, lambda seconds: None, lambda: [0, 1])
    assert found.busy == {0: pytest.approx(0.1), 1: 1.0}
    assert found.steal == {}
    assert steal(found, [0, 1]).grade == "note"
    assert steal(found, [0, 1]).found == "not told by this system"


def seen(busy: float = 0.0, stolen: float = 0.0, **processes: float) -> Watched:
    """A machine whose CPU 0 is as told and whose CPU 1, and one beyond the lab's, are idle."""
    return Watched(
        busy={0: busy, 1: 0.0, 9: 1.0},
        steal={0: stolen, 1: 0.0, 9: 1.0},
        processes=list(processes.items()),
        load_average=0.25,
    )


@pytest.mark.parametrize(("share", "grade"), [(0.0, "ok"), (0.05, "note"), (0.3, "bad")])
def test_steal_is_graded_by_the_cpu_that_lost_most(share: float, grade: str) -> None:
    found = steal(seen(stolen=share), [0, 1])
    assert found.grade == grade
    assert found.figures == {"steal": {"0": share, "1": 0.0}}
    assert bool(found.remedy) == (grade != "ok")


@pytest.mark.parametrize(("share", "grade"), [(0.01, "ok"), (0.05, "note"), (0.3, "bad")])
def test_load_is_graded_by_the_busiest_cpu_of_the_lab(share: float, grade: str) -> None:
    found = load(seen(busy=share), [0, 1], contestant=1)
    assert found.grade == grade
    assert "0% of the contestant's; load average 0.2" in found.found


def test_names_the_three_processes_that_use_most() -> None:
    found = load(seen(0.9, yes=0.5, dockerd=0.2, cron=0.15, sshd=0.1), [0, 1], 1)
    assert found.found.endswith("most by yes (50%), dockerd (20%), cron (15%)")


def test_does_not_name_what_uses_next_to_nothing() -> None:
    assert "most by" not in load(seen(0.005, yes=0.004), [0, 1], 1).found
