"""The lab's reading of a container's counters against the engine's own, on a known burden."""

import time

import pytest

from levelbench.contestants.discovery import discover
from levelbench.errors import LabError
from levelbench.lab import up, waiting
from levelbench.lab.compose import counters
from levelbench.lab.compose.client import Client
from levelbench.lab.meters import cgroup
from levelbench.lab.meters.sampler import Source

BURNT_MS = 3000
HELD_MIB = 128
BURN = f"import time\nwhile time.process_time() < {BURNT_MS / 1e3}: pass"
HOLD = f"import time\nheld = b'x' * ({HELD_MIB} * 2**20)\ntime.sleep(600)"
ELSE_MS = 1000
"""What Python's start, the contestant and its health cost beside what is burnt, at most."""


def test_cgroup_and_engine_tell_the_same() -> None:
    with up.running(discover()["starlette"], "counters") as running:
        lab = running.lab
        state = waiting.state(lab.site, "service")
        try:
            files = cgroup.locate(state.id, state.pid)
        except LabError as error:
            pytest.skip(str(error))
        engine = counters.of_engine(Client(), state.id)

        def cpu_ms(source: Source) -> float:
            return source.read().cpu_ms

        def memory_mib(source: Source) -> float:
            return source.read().memory_mib

        start = {source: cpu_ms(source) for source in (files, engine)}
        lab.site.exec("service", ["python", "-c", BURN])
        by_files, by_engine = (cpu_ms(source) - start[source] for source in (files, engine))
        print(f"CPU: {BURNT_MS} ms burnt; files {by_files:.1f}, engine {by_engine:.1f}")
        assert BURNT_MS <= by_files <= BURNT_MS + ELSE_MS
        assert by_engine == pytest.approx(by_files, rel=0.05)

        before_mib = memory_mib(files)
        api = Client().api
        api.exec_start(api.exec_create(state.id, ["python", "-c", HOLD])["Id"], detach=True)
        deadline = time.monotonic() + 300
        while memory_mib(files) < before_mib + HELD_MIB:
            assert time.monotonic() < deadline, "the memory was not taken"
            time.sleep(0.1)
        time.sleep(1)  # Python may still be starting its last pages
        held = [memory_mib(source) for source in (files, engine)]
        print(f"memory: {before_mib:.1f} MiB, and {HELD_MIB} held; files, engine: {held}")
        assert held[0] == pytest.approx(held[1], abs=4)
        assert held[0] < before_mib + HELD_MIB + 32
