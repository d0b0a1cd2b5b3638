import dataclasses
from pathlib import Path

import pytest

from levelbench.errors import LabError
from levelbench.records import ContainerUse
from levelbench.resources import Sample, Sampler, locate, use

DATA = Path(__file__).parents[1] / "data" / "cgroup"
PID = 4242


def sample(time_s: float, cpu_ms: float, memory_mib: float = 50.0, throttled: int = 0) -> Sample:
    return Sample(time_s, cpu_ms, int(time_s * 10), throttled, memory_mib)


def test_reads_the_counters_of_version_1() -> None:
    found = locate(PID, DATA / "v1", DATA / "v1" / "proc")
    assert found.version == 1
    read = found.read()
    assert read.cpu_ms == pytest.approx(770.695863)
    assert read.memory_mib == pytest.approx(69935104 / 2**20)
    assert (read.periods, read.throttled_periods, read.throttled_ms) == (282, 0, 0)


def test_reads_the_counters_of_version_2() -> None:
    found = locate(PID, DATA / "v2", DATA / "v2" / "proc")
    assert found.version == 2
    read = found.read()
    assert read.cpu_ms == pytest.approx(1234.567)
    assert read.memory_mib == 70.0
    assert (read.periods, read.throttled_periods, read.throttled_ms) == (321, 12, 345.678)


def test_says_when_the_process_is_gone() -> None:
    with pytest.raises(LabError, match="its process is gone"):
        locate(1, DATA / "v1", DATA / "v1" / "proc")


def test_says_when_the_counters_are_elsewhere(tmp_path: Path) -> None:
    with pytest.raises(LabError, match="cannot be read on this host"):
        locate(PID, tmp_path, DATA / "v2" / "proc")


def test_interpolates_at_the_boundaries_of_the_window() -> None:
    samples = [sample(0, 0), sample(2, 1000), sample(4, 3000), sample(6, 4000)]
    found = use(samples, start_s=1, end_s=5, cpus=1)
    assert found.cpu_ms == 3500 - 500
    assert found.cpu_share_of_limit == 0.75


def test_counts_throttled_periods_within_the_window() -> None:
    samples = [sample(0, 0), sample(1, 1, throttled=1), sample(3, 2, throttled=9), sample(4, 3)]
    found = use(samples, 1, 3, cpus=1)
    assert (found.throttled_periods, found.periods) == (8, 20)


def test_adds_up_how_long_it_was_throttled_within_the_window() -> None:
    samples = [
        dataclasses.replace(sample(moment, 0), throttled_ms=throttled_ms)
        for moment, throttled_ms in ((0, 0.0), (2, 400.0), (4, 500.0))
    ]
    assert use(samples, 1, 3, cpus=1).throttled_ms == 250


def test_how_long_it_was_throttled_is_unknown_where_a_sample_does_not_tell() -> None:
    samples = [sample(0, 0), dataclasses.replace(sample(4, 9), throttled_ms=500.0)]
    assert use(samples, 1, 3, cpus=1).throttled_ms is None


def test_takes_memory_within_the_window_only() -> None:
    samples = [sample(0, 0, 900), sample(1, 0, 40), sample(2, 0, 60), sample(9, 0, 900)]
    found = use(samples, 1, 3, cpus=1)
    assert (found.memory_peak_mib, found.memory_mean_mib) == (60, 50)


def test_a_container_may_end_with_its_last_request() -> None:
    samples = [sample(0, 0), sample(2, 1000), sample(4.9, 3000)]
    found = use(samples, start_s=0, end_s=5, cpus=1)
    assert found.cpu_ms == 3000


def test_share_is_of_all_the_cpus_it_may_use() -> None:
    assert use([sample(0, 0), sample(10, 5000)], 0, 10, cpus=2).cpu_share_of_limit == 0.25


@pytest.mark.parametrize("samples", [[], [sample(0, 1)], [sample(2, 1), sample(9, 2)],
                                     [sample(0, 1), sample(3.9, 2)]])  # fmt: skip
def test_is_undefined_where_the_samples_do_not_cover_the_window(samples: list[Sample]) -> None:
    assert use(samples, 1, 5, cpus=1) == ContainerUse()


def test_sampler_reads_until_it_is_left() -> None:
    found = locate(PID, DATA / "v1", DATA / "v1" / "proc")
    with Sampler({"service": found}, interval_s=0.001) as sampler:
        while len(sampler.samples["service"]) < 3:
            pass
    assert {round(s.cpu_ms, 6) for s in sampler.samples["service"]} == {770.695863}


def test_sampler_goes_on_when_one_container_goes(tmp_path: Path) -> None:
    good = locate(PID, DATA / "v1", DATA / "v1" / "proc")
    gone = type(good)(tmp_path, tmp_path, tmp_path, 1)
    with Sampler({"service": gone, "redis": good}, interval_s=0.001) as sampler:
        while len(sampler.samples["redis"]) < 3:
            pass
    assert sampler.samples["service"] == []
