import dataclasses
import time
from dataclasses import dataclass

import pytest
from syrupy.assertion import SnapshotAssertion

from levelbench.errors import LabError
from levelbench.lab.meters import cpus
from levelbench.lab.meters.cpus import CountersError
from levelbench.lab.meters.sampler import Sample, Sampler, use
from levelbench.model.trial import ContainerUse
from levelbench.model.vocabulary import Origin


@dataclass
class Endless:
    """A source whose container never ends."""

    origin: Origin = "cgroup"

    def read(self) -> Sample:
        return sample(0, 770.0)


@dataclass
class Ending(Endless):
    """A source whose container ends after some readings."""

    left: int = 0

    def read(self) -> Sample:
        if not self.left:
            raise OSError(19, "No such device")
        self.left -= 1
        return super().read()


def sample(time_s: float, cpu_ms: float, memory_mib: float = 50.0, throttled: int = 0) -> Sample:
    return Sample(time_s, cpu_ms, int(time_s * 10), throttled, memory_mib)


def test_interpolates_at_the_boundaries_of_the_window() -> None:
    samples = [sample(0, 0), sample(2, 1000), sample(4, 3000), sample(6, 4000)]
    found = use(samples, start_s=1, end_s=5, cpus=1)
    assert found.cpu_ms == 3500 - 500
    assert found.cpu_share_of_limit == 0.75


def test_counts_throttled_periods_within_the_window() -> None:
    samples = [
        sample(0, 0),
        sample(1, 1, throttled=1),
        sample(3, 2, throttled=9),
        sample(4, 3, throttled=9),
    ]
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


def test_counts_network_bytes_within_the_window() -> None:
    samples = [
        dataclasses.replace(sample(moment, 0), network_bytes=count)
        for moment, count in ((0, 1_000), (2, 5_000), (4, 6_000))
    ]
    assert use(samples, 1, 3, cpus=1).network_bytes == 5_500 - 3_000


def test_network_bytes_are_unknown_where_a_sample_does_not_tell() -> None:
    samples = [sample(0, 0), dataclasses.replace(sample(4, 9), network_bytes=500)]
    assert use(samples, 1, 3, cpus=1).network_bytes is None


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


def test_periods_are_undefined_where_the_kernel_counts_none() -> None:
    samples = [Sample(t, 100.0 * t, None, None, 50.0) for t in range(4)]
    found = use(samples, 1, 3, cpus=1)
    assert (found.periods, found.throttled_periods) == (None, None)
    assert found.cpu_ms == 200


def test_sampler_reads_until_it_is_left() -> None:
    with Sampler({"service": Endless()}, interval_s=0.001) as sampler:
        while len(sampler.samples["service"]) < 3:
            pass
    assert {s.cpu_ms for s in sampler.samples["service"]} == {770.0}
    assert not sampler.gone


def test_sampler_goes_on_when_one_container_goes() -> None:
    sources = {"service": Ending(left=2), "redis": Endless()}
    with Sampler(sources, interval_s=0.001) as sampler:
        while len(sampler.samples["redis"]) < 4:
            pass
    assert len(sampler.samples["service"]) == 2
    assert sampler.gone


def test_sampler_takes_in_a_container_that_comes_later() -> None:
    with Sampler({"redis": Endless()}, interval_s=0.001) as sampler:
        sampler.add("k6", Endless())
        while len(sampler.samples["k6"]) < 2:
            pass
    assert set(sampler.samples) == {"redis", "k6"}


def test_one_container_read_through_the_engine_makes_all_of_them_coarse() -> None:
    sampler = Sampler({"service": Endless("cgroup"), "redis": Endless("cgroup")})
    assert sampler.origin == "cgroup"
    sampler.add("k6", Endless("engine"))
    assert sampler.origin == "engine"


def test_sampler_reads_the_cpus_as_well(monkeypatch: pytest.MonkeyPatch) -> None:
    known = cpus.Reading(0, {0: cpus.CpuTimes(1, 2, 3)})
    monkeypatch.setattr(cpus, "read", lambda: known)
    with Sampler({"redis": Endless()}, interval_s=0.001) as sampler:
        while len(sampler.cpus) < 2:
            pass
    assert sampler.cpus[:2] == [known, known]


def test_the_cpus_seen_here_say_nothing_of_containers_that_run_elsewhere(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(cpus, "read", lambda: cpus.Reading(0, {}))
    with Sampler({"redis": Endless("engine")}, interval_s=0.001) as sampler:
        while len(sampler.samples["redis"]) < 3:
            pass
    assert sampler.cpus == []


class Broken(Endless):
    """A source whose engine answers what the lab does not understand."""

    def read(self) -> Sample:
        raise TypeError("'NoneType' object is not subscriptable")


def test_what_ends_the_readings_is_raised_where_they_are_needed(
    snapshot: SnapshotAssertion,
) -> None:
    with pytest.raises(LabError) as raised, Sampler({"k6": Broken()}, interval_s=0.001) as sampler:
        sampler.catch_up(timeout_s=30)
    assert str(raised.value) == snapshot


def ended(sampler: Sampler) -> None:
    """Wait until a source has ended the readings."""
    sampler._thread.join()


def test_what_ends_the_readings_is_raised_at_the_end_at_the_latest() -> None:
    with pytest.raises(LabError, match="counters of k6"), Sampler({"k6": Broken()}, 0.001) as own:
        ended(own)


def test_what_ends_the_readings_does_not_hide_what_was_raised_before() -> None:
    own = Sampler({"k6": Broken()}, 0.001)
    own.__enter__()
    ended(own)
    own.__exit__(KeyError)


def test_whether_a_container_has_gone_is_not_known_without_readings() -> None:
    own = Sampler({"k6": Broken()}, 0.001)
    own.__enter__()
    ended(own)
    with pytest.raises(LabError, match="TypeError"):
        assert own.gone


def test_cpus_that_cannot_be_understood_end_the_readings(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> None:
        raise ValueError("invalid literal for int()")

    monkeypatch.setattr(cpus, "read", broken)
    with (
        pytest.raises(LabError, match="counters of the CPUs"),
        Sampler({"redis": Endless()}, interval_s=0.001) as sampler,
    ):
        sampler.catch_up(timeout_s=30)


def test_readings_that_do_not_come_in_time_are_an_error(snapshot: SnapshotAssertion) -> None:
    with (
        pytest.raises(LabError) as raised,
        Sampler({"redis": Endless()}, interval_s=3600) as sampler,
    ):
        sampler.catch_up(timeout_s=0.01)
    assert str(raised.value) == snapshot


@pytest.mark.parametrize(
    "decreased",
    [{"cpu_ms": 5.0}, {"throttled_ms": 5.0}, {"throttled_periods": 5}, {"network_bytes": 5}],
)
def test_a_counter_that_decreases_is_impossible(decreased: dict[str, float]) -> None:
    """Also where it has made up for it by the end of the window."""
    counts = {"cpu_ms": 10.0, "throttled_ms": 10.0, "throttled_periods": 10, "network_bytes": 10}
    start = dataclasses.replace(sample(0, 0), **counts)
    end = dataclasses.replace(start, time_s=4, **dict.fromkeys(counts, 20))
    between = dataclasses.replace(start, time_s=2, **decreased)
    with pytest.raises(CountersError, match=f"{next(iter(decreased))} decreased from 10 to 5"):
        use([start, between, end], 1, 3, cpus=1)


def test_what_ended_just_now_is_read_once_more(monkeypatch: pytest.MonkeyPatch) -> None:
    """The window's end lies between two readings, however seldom the sampler reads."""
    monkeypatch.setattr(cpus, "read", lambda: cpus.Reading(time.time(), {}))
    with Sampler({"redis": Endless()}, interval_s=0.2) as sampler:
        while not sampler.cpus:
            pass
        end_s = time.time()
        sampler.catch_up(timeout_s=30)
        assert sampler.cpus[-1].time_s >= end_s
