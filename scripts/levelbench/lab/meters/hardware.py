"""Count a container's instructions with the processor's own counters, under load.

perf_event_open(2) counts a cgroup on one CPU, so that a container has an event for each CPU and for
user space and the kernel. The events are pinned: the kernel counts all the time or says that it
could not, and never a part that it would have to extrapolate.
"""

import ctypes
import os
import platform
import struct
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from levelbench.lab.meters.cgroup import CgroupV1, CgroupV2
from levelbench.lab.meters.sampler import Sample, Source
from levelbench.model.topology import parse_cpu_list
from levelbench.model.vocabulary import Origin

INSTRUCTIONS = (0, 1)
"""PERF_TYPE_HARDWARE and PERF_COUNT_HW_INSTRUCTIONS: linux/perf_event.h."""
ONLINE = Path("/sys/devices/system/cpu/online")
_SYSCALLS = {"x86_64": 298, "aarch64": 241}
"""Numbers of perf_event_open: asm/unistd_64.h, asm-generic/unistd.h."""
_PINNED, _EXCLUDE_USER, _EXCLUDE_KERNEL, _EXCLUDE_HYPERVISOR = (1 << bit for bit in (2, 4, 5, 6))
_PID_CGROUP, _CLOEXEC = 4, 8
_ATTRIBUTES = struct.Struct("=IIQQQQQIIQ")
"""struct perf_event_attr in its first version, PERF_ATTR_SIZE_VER0."""


@dataclass(frozen=True)
class CountedSource:
    """A container's source with instructions in each sample."""

    source: Source
    user: Sequence[int]
    """Descriptors of the events in user space, one for each CPU."""
    kernel: Sequence[int]

    @property
    def origin(self) -> Origin:
        return self.source.origin

    def read(self) -> Sample:
        return replace(
            self.source.read(),
            instructions_user=_sum(self.user),
            instructions_kernel=_sum(self.kernel),
        )


@contextmanager
def counted(source: Source, event: tuple[int, int] = INSTRUCTIONS) -> Iterator[Source]:
    """The source with the counts of an event since now; the source itself where nothing counts
    them: an engine on another machine, a processor without counters, missing rights.
    """
    with ExitStack() as opened:
        if isinstance(source, CgroupV1 | CgroupV2):
            try:
                source = _counted(source, event, opened)
            except OSError:
                opened.close()
        yield source


def _counted(
    source: CgroupV1 | CgroupV2, event: tuple[int, int], opened: ExitStack
) -> CountedSource:
    if source.perf_event is None:
        raise FileNotFoundError("the container's cgroup of events is not known")
    folder = os.open(source.perf_event, os.O_RDONLY | os.O_CLOEXEC)
    opened.callback(os.close, folder)
    cpus = parse_cpu_list(ONLINE.read_text().strip())

    def on_cpus(excluded: int) -> list[int]:
        descriptors = []
        for cpu in cpus:
            descriptors.append(_open(event, folder, cpu, excluded))
            opened.callback(os.close, descriptors[-1])
        return descriptors

    return CountedSource(source, on_cpus(_EXCLUDE_KERNEL), on_cpus(_EXCLUDE_USER))


def _open(event: tuple[int, int], cgroup: int, cpu: int, excluded: int) -> int:
    """Descriptor of a running event of a cgroup on one CPU. Raises OSError."""
    number = _SYSCALLS.get(platform.machine())
    if number is None:
        raise OSError(f"perf_event_open has no known number on {platform.machine()}")
    flags = _PINNED | _EXCLUDE_HYPERVISOR | excluded
    attributes = _ATTRIBUTES.pack(event[0], _ATTRIBUTES.size, event[1], 0, 0, 0, flags, 0, 0, 0)
    long = ctypes.c_long
    prototype = ctypes.CFUNCTYPE(long, long, ctypes.c_char_p, *(long,) * 4, use_errno=True)
    call = prototype(("syscall", ctypes.CDLL(None)))
    descriptor: int = call(number, attributes, cgroup, cpu, -1, _PID_CGROUP | _CLOEXEC)
    if descriptor < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return descriptor


def _sum(descriptors: Sequence[int]) -> int | None:
    """Over CPUs; None once an event could not stay on its counter, which reads as end of file."""
    found = [os.read(descriptor, 8) for descriptor in descriptors]
    return sum(int.from_bytes(each, "little") for each in found) if found and all(found) else None
