"""Sample the counters of each container: CPU time, memory, throttling, network.

Counters are sampled throughout a trial and interpolated at the ends of the measured window: the
load generator, and not the lab, decides when the window begins.
"""

import threading
import time
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Protocol

from levelbench.errors import LabError
from levelbench.lab.meters import cpus as cores
from levelbench.lab.meters.cpus import CountersError
from levelbench.model.trial import ContainerUse
from levelbench.model.vocabulary import Container, Origin

INTERVAL_S = 0.25
"""Between two rounds of readings. Reasoned: ten samples in the shortest slice, 2.5 s."""
ENDED_S = 1.0
"""A container may end this long before the window does, by the sampler's clock: the load generator
ends with its last request, and its counters go with it. What it used after its last sample is not
counted. Reasoned: four intervals of sampling."""
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
    instructions_user: int | None = None
    """Executed in user space, as the processor counts them; only grows. None where not counted."""
    instructions_kernel: int | None = None


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
        self._error: LabError | None = None
        """What has ended the readings before they were to end."""
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> "Sampler":
        self._thread.start()
        return self

    def __exit__(self, exception_type: type[BaseException] | None, *_: object) -> None:
        """Raises LabError when the readings have ended before, unless an exception is raised."""
        self._stop.set()
        self._thread.join()
        if exception_type is None:
            self._require_readings()

    def add(self, name: Container, source: Source) -> None:
        """Sample one more container from now on."""
        self._samples[name] = []
        self._origins.add(source.origin)
        self._sources[name] = source

    def _run(self) -> None:
        while not self._stop.wait(self._interval_s):
            begun_s, what = time.monotonic(), "the CPUs"
            try:
                if reading := cores.read():
                    self._cpus.append(reading)
                for name, source in list(self._sources.items()):
                    what = name
                    try:
                        self._samples[name].append(source.read())
                    except GONE:
                        del self._sources[name]
            except Exception as error:  # a thread has no caller: `_require_readings` raises it
                self._error = LabError(
                    f"the counters of {what} could not be read: {type(error).__name__}: {error}"
                )
            with self._round:
                self._read_from_s = begun_s
                self._round.notify_all()
            if self._error:
                return

    def _require_readings(self) -> None:
        if self._error:
            raise self._error

    def catch_up(self, timeout_s: float) -> None:
        """Wait for one more round of readings, so that what just ended lies between two of them.

        Raises LabError when there is none within the timeout, or the readings have ended.
        """
        now_s = time.monotonic()
        with self._round:
            caught_up = self._round.wait_for(
                lambda: self._error or self._read_from_s >= now_s, timeout_s
            )
        self._require_readings()
        if not caught_up:
            raise LabError(f"the counters were not read within {timeout_s:g} s")

    @property
    def gone(self) -> bool:
        """Whether a container has ended meanwhile. Raises LabError when the readings have ended."""
        self._require_readings()
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

    `cpus` is how many CPUs it may use. All None unless the samples cover the window. Raises
    CountersError for a counter that has decreased.
    """
    covered = len(samples) >= 2 and samples[0].time_s <= start_s
    if not covered or samples[-1].time_s < end_s - ENDED_S:
        return ContainerUse()

    def spent(name: str) -> float | None:
        counts = [getattr(sample, name) for sample in samples]
        if None in counts:
            return None
        for before, after in pairwise(counts):
            if after < before:
                raise CountersError(f"the counter {name} decreased from {before:g} to {after:g}")
        return _at(samples, end_s, counts) - _at(samples, start_s, counts)

    def counted(name: str) -> int | None:
        count = spent(name)
        return None if count is None else round(count)

    cpu_ms, throttled_ms = spent("cpu_ms") or 0.0, spent("throttled_ms")
    within = [s.memory_mib for s in samples if start_s <= s.time_s <= end_s]
    return ContainerUse(
        cpu_ms=round(cpu_ms, 3),
        cpu_share_of_limit=round(cpu_ms / 1e3 / ((end_s - start_s) * cpus), 5),
        periods=counted("periods"),
        throttled_periods=counted("throttled_periods"),
        throttled_ms=None if throttled_ms is None else round(throttled_ms, 3),
        network_bytes=counted("network_bytes"),
        instructions_user=counted("instructions_user"),
        instructions_kernel=counted("instructions_kernel"),
        memory_peak_mib=round(max(within), 2) if within else None,
        memory_mean_mib=round(sum(within) / len(within), 2) if within else None,
    )


def _at(samples: Sequence[Sample], moment_s: float, counts: Sequence[float]) -> float:
    """A counter at a moment, linear between the two samples around it; after the last sample, as
    that has it.
    """
    if moment_s >= samples[-1].time_s:
        return counts[-1]
    after = max(1, bisect_left(samples, moment_s, key=lambda sample: sample.time_s))
    left, right = samples[after - 1], samples[after]
    share = (moment_s - left.time_s) / (right.time_s - left.time_s)
    return counts[after - 1] + share * (counts[after] - counts[after - 1])
