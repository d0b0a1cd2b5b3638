"""What the kernel says of its CPUs, from a file recorded on a virtual machine with two of them."""

import os
from pathlib import Path

import pytest

from levelbench.lab.meters import cpus
from levelbench.lab.meters.cpus import CountersError, CpuTimes, Reading
from tests import DATA

STAT = DATA / "proc" / "stat-two-cpus"


def reading(time_s: float, busy_ms: float, stolen_ms: float = 0.0, idle_ms: float = 0.0) -> Reading:
    """Two CPUs that have done the same."""
    return Reading(time_s, dict.fromkeys((0, 1), CpuTimes(busy_ms, stolen_ms, idle_ms)))


def stat(folder: Path, monkeypatch: pytest.MonkeyPatch, *lines: str) -> Reading:
    monkeypatch.setattr(os, "sysconf", {"SC_CLK_TCK": 1000}.__getitem__)
    (folder / "stat").write_text("\n".join(["cpu  9 9 9 9 9 9 9 9 9 9", *lines, "intr 5"]))
    found = cpus.read(folder / "stat")
    assert found is not None
    return found


def test_reads_each_cpu(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sysconf", {"SC_CLK_TCK": 100}.__getitem__)
    found = cpus.read(STAT)
    assert found is not None
    assert found.cpus == {
        0: CpuTimes(10 * (107438 + 0 + 25231 + 1064), 1260, idle_ms=10 * (91592 + 1316)),
        1: CpuTimes(10 * (140212 + 0 + 23139 + 2222), 1420, idle_ms=10 * (60064 + 1980)),
    }


def test_a_kernel_that_samples_by_tick_takes_interrupts_from_whoever_was_interrupted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = stat(tmp_path, monkeypatch, "cpu7 1 20 300 5000 60000 0 8 900 1 20")
    assert found.cpus == {7: CpuTimes(busy_ms=329, stolen_ms=900, idle_ms=65000)}


def test_a_kernel_that_measures_interrupts_keeps_them_apart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It has measured some on one of its CPUs at least."""
    found = stat(
        tmp_path, monkeypatch,
        "cpu0 1 20 300 5000 60000 7 8 900 1 20", "cpu1 1 20 300 5000 60000 0 8 900 1 20",
    )  # fmt: skip
    assert found.cpus == dict.fromkeys(
        (0, 1), CpuTimes(busy_ms=321, stolen_ms=900, idle_ms=65000)
    )  # fmt: skip


def test_a_machine_that_does_not_tell_is_not_read(tmp_path: Path) -> None:
    assert cpus.read(tmp_path / "none") is None


def test_interpolates_at_the_boundaries_of_the_window() -> None:
    readings = [
        reading(0, 0, 0, 0),
        reading(2, 1000, 10, 900),
        reading(4, 3000, 30, 800),
        reading(6, 4000, 30, 1000),
    ]
    assert cpus.spent(readings, 1, 5, [1]) == CpuTimes(3000, stolen_ms=25, idle_ms=450)


@pytest.mark.parametrize("later", [reading(4, 90, 10, 0), reading(4, 100, 9, 0)])
def test_a_counter_that_decreases_is_impossible(later: Reading) -> None:
    with pytest.raises(CountersError, match="counters of CPU 1 decreased"):
        cpus.spent([reading(0, 100, 10, 0), later], 0, 4, [1])


def test_a_counter_that_stands_still_between_readings_has_not_decreased() -> None:
    # 1234 * (1 - share) + 1234 * share rounds to less than 1234 at some moments.
    readings = [reading(0.25 * n, 1234, 1234, 1234) for n in range(40)]
    for moment in range(1, 700):
        found = cpus.spent(readings, 0.013 * moment / 7, 9.7 - 0.011 * moment / 7, [1])
        assert found == CpuTimes(0, 0, 0)


def test_idle_time_may_decrease_with_the_kernels_count_of_iowait() -> None:
    found = cpus.spent([reading(0, 0, 0, 500), reading(4, 4000, 0, 490)], 0, 4, [1])
    assert found == CpuTimes(4000, stolen_ms=0, idle_ms=0)


def test_counts_all_cpus_that_are_asked_for_together() -> None:
    readings = [reading(0, 0), reading(10, 4000, 100, 5000)]
    assert cpus.spent(readings, 0, 10, [0, 1]) == CpuTimes(8000, stolen_ms=200, idle_ms=10000)


@pytest.mark.parametrize(
    "readings",
    [
        [],
        [reading(2, 0), reading(9, 1)],
        [reading(0, 0), reading(4, 1)],
        [reading(3, 0)],
        [reading(0, 0), Reading(9, {0: CpuTimes(1, 0, 0)})],
    ],
)
def test_is_undefined_where_the_readings_do_not_cover_the_window(readings: list[Reading]) -> None:
    assert cpus.spent(readings, 1, 5, [1]) is None
