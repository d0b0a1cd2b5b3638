"""The kernel's side is tested on a real cgroup: tests/e2e/test_hardware.py."""

import os
import struct
from collections.abc import Iterator
from pathlib import Path

import pytest

from levelbench.lab.meters import hardware
from levelbench.lab.meters.cgroup import CgroupV2
from levelbench.lab.meters.hardware import CountedSource
from levelbench.lab.meters.sampler import Sample
from levelbench.model.vocabulary import Origin


class Source:
    origin: Origin = "engine"

    def read(self) -> Sample:
        return Sample(1.0, 10.0, 0, 0, 100.0)


@pytest.fixture
def pipes() -> Iterator[list[tuple[int, int]]]:
    """Ends to read and to write, in place of two CPUs' events."""
    found = [os.pipe() for _ in range(2)]
    yield found
    for read, _ in found:
        os.close(read)


def fill(pipes: list[tuple[int, int]], *counts: int) -> None:
    """Write a count to as many as there are; the others are at their end."""
    for (_, write), count in zip(pipes, counts, strict=False):
        os.write(write, struct.pack("=Q", count))
    for _, write in pipes:
        os.close(write)


def test_a_sample_has_the_sum_over_cpus(pipes: list[tuple[int, int]]) -> None:
    fill(pipes, 2**40, 5)
    read = CountedSource(Source(), [own for own, _ in pipes], []).read()
    assert read.instructions_user == 2**40 + 5
    assert read.instructions_kernel is None  # no event, which is not a count of 0
    assert (read.cpu_ms, read.memory_mib) == (10.0, 100.0)


def test_an_event_that_left_its_counter_makes_the_count_unknown(
    pipes: list[tuple[int, int]],
) -> None:
    fill(pipes, 7)
    assert CountedSource(Source(), [own for own, _ in pipes], []).read().instructions_user is None


def test_a_container_of_another_host_is_not_counted() -> None:
    source = Source()
    with hardware.counted(source) as found:
        assert found is source


@pytest.mark.parametrize("folder", ["missing", "."])
def test_where_the_kernel_refuses_the_source_is_left_as_it_is(tmp_path: Path, folder: str) -> None:
    """A folder that is not there, and one that is no cgroup."""
    source = CgroupV2(tmp_path / folder, tmp_path)
    before = len(list(Path("/proc/self/fd").iterdir()))
    with hardware.counted(source) as found:
        assert found is source
        assert len(list(Path("/proc/self/fd").iterdir())) == before
