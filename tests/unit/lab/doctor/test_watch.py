"""Three seconds of a machine's /proc, while `yes` had CPU 1."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest
from syrupy.assertion import SnapshotAssertion

from levelbench.lab.doctor import watch as watching
from levelbench.lab.doctor.watch import Watched, load, steal, watch
from tests import DATA
from tests.unit.lab.doctor import shown

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


def test_a_system_that_reports_no_steal_has_none(
    monkeypatch: pytest.MonkeyPatch, snapshot: SnapshotAssertion
) -> None:
    shares = [SimpleNamespace(user=10.0, idle=90.0), SimpleNamespace(user=100.0, idle=0.0)]
    monkeypatch.setattr(psutil, "cpu_times_percent", lambda percpu: shares)
    monkeypatch.setattr(watching, "_process_seconds", dict)
    found = watch(1.0, lambda seconds: None, lambda: [0, 1])
    assert found.busy == {0: pytest.approx(0.1), 1: 1.0}
    assert found.steal == {}
    assert steal(found, [0, 1]).grade == "note"
    assert shown(steal(found, [0, 1])) == snapshot


def seen(busy: float = 0.0, stolen: float = 0.0, **processes: float) -> Watched:
    """A machine with this use of CPU 0 and none of CPU 1. CPU 9 is busy and not used by the lab."""
    return Watched(
        busy={0: busy, 1: 0.0, 9: 1.0},
        steal={0: stolen, 1: 0.0, 9: 1.0},
        processes=list(processes.items()),
        load_average=0.25,
    )


@pytest.mark.parametrize(("share", "grade"), [(0.0, "ok"), (0.05, "note"), (0.3, "bad")])
def test_steal_is_graded_by_the_most_affected_cpu(
    share: float, grade: str, snapshot: SnapshotAssertion
) -> None:
    found = steal(seen(stolen=share), [0, 1])
    assert (found.grade, found.figures) == (grade, {"steal": {"0": share, "1": 0.0}})
    assert shown(found) == snapshot


@pytest.mark.parametrize(("share", "grade"), [(0.01, "ok"), (0.05, "note"), (0.3, "bad")])
def test_load_is_graded_by_the_busiest_cpu_of_the_lab(
    share: float, grade: str, snapshot: SnapshotAssertion
) -> None:
    found = load(seen(share, yes=0.5, dockerd=0.2, cron=0.15, sshd=0.1), [0, 1], contestant=1)
    assert found.grade == grade
    assert shown(found) == snapshot


def test_does_not_name_a_process_that_uses_almost_nothing() -> None:
    assert "top processes" not in load(seen(0.005, yes=0.004), [0, 1], 1).found
