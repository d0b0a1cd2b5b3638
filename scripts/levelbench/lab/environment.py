"""Environment of a run: kernel, processor, engine, versions. Names no user and no host."""

import gzip
import os
import platform
import sys
import zlib
from collections.abc import Iterable, Mapping
from pathlib import Path

from levelbench import command
from levelbench.contestants import git
from levelbench.lab import machine
from levelbench.lab.engine import Engine
from levelbench.model.run import CpuAccounting, Environment, ImageIdentity
from levelbench.model.topology import Topology

# A fixed number of turns of a plain loop, timed: how fast this core is at this moment. Steal
# time reads 0 on many virtual machines however much is stolen; this loop shows it.
LOOP = """
import time
start = time.perf_counter()
n = 0
for i in range(2_000_000):
    n += i & 7
print(1 / (time.perf_counter() - start))
"""


CONFIGURATIONS = (Path("/proc/config.gz"), Path("/boot") / f"config-{platform.release()}")
"""Where a kernel publishes its configuration, or a distribution keeps it."""


def describe(
    engine: Engine,
    topology: Topology,
    images: Mapping[str, ImageIdentity],
    versions: Mapping[str, str],
) -> Environment:
    """The environment of a run; None for what this host does not show."""
    found = engine.describe()
    return Environment(
        cpu_model=cpu_model(),
        cores=cores(),
        memory_mib=None if found.memory_mib is None else round(found.memory_mib),
        kernel=found.kernel,
        engine=found.version,
        cgroup=found.cgroup,
        topology=topology.cpusets(),
        images=dict(images),
        versions={"python": platform.python_version(), **found.programs, **versions},
        git_commit=git.commit().id,
        # An engine on another kernel, such as a desktop's virtual machine, hides it.
        cpu_accounting=cpu_accounting() if found.kernel == platform.release() else None,
        hardware_counters=hardware_counters() if found.kernel == platform.release() else None,
    )


def hardware_counters(devices: Path = Path("/sys/bus/event_source/devices")) -> bool | None:
    """Whether the kernel offers the processor's counters (perf_event_open(2)); None where it does
    not tell. Most virtual machines have none."""
    if not devices.is_dir():
        return None
    return any(path.name == "cpu" or path.name.startswith("cpu_") for path in devices.iterdir())


def cpu_accounting(files: Iterable[Path] = CONFIGURATIONS) -> CpuAccounting | None:
    """How this kernel accounts CPU time; None where its configuration is not readable."""
    for file in files:
        try:
            content = file.read_bytes()
            lines = (gzip.decompress(content) if file.suffix == ".gz" else content).splitlines()
        except (OSError, EOFError, zlib.error):
            continue
        chosen = {line.strip() for line in lines if line.startswith(b"CONFIG_")}
        if chosen:
            options = {
                name: f"CONFIG_{name.upper()}=y".encode() in chosen
                for name in CpuAccounting.model_fields
            }
            return CpuAccounting(**options)
    return None


def cpu_model(cpuinfo: Path = Path("/proc/cpuinfo")) -> str | None:
    """The processor's own name; None where the kernel shows nothing.

    On ARM it has none, but the numbers of its design: without them any two machines would be the
    same to what compares runs.
    """
    if name := _first_value(cpuinfo, "model name"):
        return name
    keys = ("implementer", "part", "variant", "revision")
    numbers = {key: _first_value(cpuinfo, f"CPU {key}") for key in keys}
    known = ", ".join(f"{key} {number}" for key, number in numbers.items() if number)
    if known:
        return f"ARM, {known}"
    others = (_first_value(cpuinfo, key) for key in ("Model Name", "cpu", "uarch"))
    return next((name for name in others if name), None)


def cores() -> int:
    """Physical cores that the lab may use: sibling hyperthreads count as one."""
    return len(machine.read().cores)


def machine_speed(cpu: int) -> float | None:
    """Fixed loops a second on one CPU, in a process of its own; None where it cannot be pinned."""
    if not hasattr(os, "sched_setaffinity"):
        return None
    pin = f"import os; os.sched_setaffinity(0, {{{cpu}}})\n"
    try:
        return round(float(command.run([sys.executable, "-I", "-c", pin + LOOP])), 3)
    except command.CommandError:
        return None


def _first_value(path: Path, key: str) -> str | None:
    try:
        lines = path.read_text().splitlines()
    except OSError:
        return None
    pairs = (line.partition(":")[::2] for line in lines)
    return next((value.strip() for name, value in pairs if name.strip() == key), None)
