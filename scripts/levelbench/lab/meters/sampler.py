"""CPU, memory and throttling of each container, from the kernel's counters of its cgroup.

Counters are sampled throughout a trial and interpolated at the boundaries of the measured
window: the load generator, and not the lab, decides when the window begins.
"""

import threading
import time
from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from levelbench.lab.meters import cpus as cores
from levelbench.model.trial import ContainerUse
from levelbench.model.vocabulary import Container, Origin

INTERVAL_S = 0.25
ENDED_S = 1.0
"""A container may end this long before the window does, by the sampler's clock: k6 ends with its
last request, and its counters go with it. What it used after its last sample is not counted."""
CATCH_UP_S = 30.0
"""A round of readings may take so long where each is a question to the engine."""
MIB = 2**20
GONE = (OSError, ValueError, LookupError)
"""What reading the counters of a container that has ended may raise: no file, half a file, an
answer without figures."""


@dataclass(frozen=True)
class Sample:
    """One reading of a container's counters. CPU and periods only ever grow."""

    time_s: float
    """Seconds since the epoch."""
    cpu_ms: float
    periods: int | None
    """Of the scheduler's quota; None where the kernel counts none."""
    throttled_periods: int | None
    memory_mib: float
    """Anonymous memory: without page cache."""
    throttled_ms: float | None = None
    """How long it was kept from running for lack of quota, over all its CPUs; only ever grows.
    None where the kernel does not tell."""
    oom_kills: int | None = None
    """Processes in it that the kernel killed for lack of memory; None where it does not tell."""
    network_bytes: int | None = None
    """Received and sent through all interfaces but loopback; only grows. None where unknown."""


class Source(Protocol):
    """Where one container's counters are read."""

    @property
    def origin(self) -> Origin: ...

    def read(self) -> Sample:
        """Raises one of GONE when the container is gone."""
        ...


class Sampler:
    """Reads the counters of some containers, and of the machine's CPUs, again and again, in a
    thread of its own."""

    def __init__(self, sources: Mapping[Container, Source], interval_s: float = INTERVAL_S) -> None:
        self._sources = dict(sources)
        self._interval_s = interval_s
        self._samples: dict[Container, list[Sample]] = {name: [] for name in sources}
        self._origins = {source.origin for source in sources.values()}
        self._cpus: list[cores.Reading] = []
        self._stop = threading.Event()
        self._round = threading.Condition()
        self._read_from_s = 0.0
        """When the last whole round of readings began; by the clock that never goes back."""
        self._thread = threading.Thread(target=self._loop, daemon=True)

    def __enter__(self) -> "Sampler":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def add(self, name: Container, source: Source) -> None:
        """Sample one more container from now on."""
        self._samples[name] = []
        self._origins.add(source.origin)
        self._sources[name] = source

    def _loop(self) -> None:
        while not self._stop.wait(self._interval_s):
            begun_s = time.monotonic()
            if reading := cores.read():
                self._cpus.append(reading)
            for name, source in list(self._sources.items()):
                try:
                    self._samples[name].append(source.read())
                except GONE:
                    del self._sources[name]
            with self._round:
                self._read_from_s = begun_s
                self._round.notify_all()

    def catch_up(self) -> None:
        """Wait until all has been read once more: what ended just now is then between readings."""
        now_s = time.monotonic()
        with self._round:
            self._round.wait_for(lambda: self._read_from_s >= now_s, CATCH_UP_S)

    @property
    def gone(self) -> bool:
        """Whether a container has ended meanwhile."""
        return len(self._sources) < len(self._samples)

    @property
    def origin(self) -> Origin:
        """Where the counters come from; the coarser way as soon as one container needs it."""
        return "engine" if "engine" in self._origins else "cgroup"

    @property
    def samples(self) -> dict[Container, list[Sample]]:
        """What has been read so far, by container, in the order of time."""
        return {name: list(samples) for name, samples in self._samples.items()}

    @property
    def cpus(self) -> list[cores.Reading]:
        """What has been read so far of the CPUs; nothing where the kernel does not tell, or where
        the containers run on a machine that this process does not see."""
        return list(self._cpus) if self.origin == "cgroup" else []


def use(samples: Sequence[Sample], start_s: float, end_s: float, cpus: float) -> ContainerUse:
    """What a container used between two moments (seconds since the epoch).

    `cpus` is how many CPUs it may use. All None unless the samples cover the window.
    """
    covered = len(samples) >= 2 and samples[0].time_s <= start_s
    if not covered or samples[-1].time_s < end_s - ENDED_S:
        return ContainerUse()

    def spent(counter: Callable[[Sample], float]) -> float:
        return _at(samples, end_s, counter) - _at(samples, start_s, counter)

    def counted(counter: Callable[[Sample], int | None]) -> int | None:
        if any(counter(sample) is None for sample in samples):
            return None
        return round(spent(lambda sample: counter(sample) or 0))

    cpu_ms = spent(lambda sample: sample.cpu_ms)
    within = [s.memory_mib for s in samples if start_s <= s.time_s <= end_s]
    return ContainerUse(
        cpu_ms=round(cpu_ms, 3),
        cpu_share_of_limit=round(cpu_ms / 1e3 / ((end_s - start_s) * cpus), 5),
        periods=counted(lambda sample: sample.periods),
        throttled_periods=counted(lambda sample: sample.throttled_periods),
        throttled_ms=_throttled_ms(samples, start_s, end_s),
        network_bytes=counted(lambda sample: sample.network_bytes),
        memory_peak_mib=round(max(within), 2) if within else None,
        memory_mean_mib=round(sum(within) / len(within), 2) if within else None,
    )


def _throttled_ms(samples: Sequence[Sample], start_s: float, end_s: float) -> float | None:
    if any(sample.throttled_ms is None for sample in samples):
        return None

    def counter(sample: Sample) -> float:
        return sample.throttled_ms or 0.0

    return round(_at(samples, end_s, counter) - _at(samples, start_s, counter), 3)


def _at(samples: Sequence[Sample], moment_s: float, counter: Callable[[Sample], float]) -> float:
    """A counter's value at a moment, linear between the two samples around it; at its last value
    after the last of them.
    """
    if moment_s >= samples[-1].time_s:
        return counter(samples[-1])
    after = max(1, bisect_left(samples, moment_s, key=lambda sample: sample.time_s))
    left, right = samples[after - 1], samples[after]
    share = (moment_s - left.time_s) / (right.time_s - left.time_s)
    return counter(left) + share * (counter(right) - counter(left))
