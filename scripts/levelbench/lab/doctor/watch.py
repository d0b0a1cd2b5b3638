"""What else the machine does, while the lab does nothing: watched for some seconds."""

import os
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import psutil

from levelbench.lab.doctor.diagnosis import Diagnosis, Figures, by_share, percent
from levelbench.lab.topology import online_cpus

SECONDS = 3.0
"""The kernel counts in hundredths of a second: a share is told to a third of a percent."""
NAMED = 3
"""Processes that are named, those that use most."""
WORTH_NAMING = 0.01
"""Of one CPU."""


@dataclass(frozen=True)
class Watched:
    """Shares of each CPU's time, by CPU."""

    busy: dict[int, float]
    steal: dict[int, float]
    """Time that the CPU was ready to run and its host ran another; empty where none is told."""
    processes: list[tuple[str, float]]
    """Name -> CPUs used, by all processes of that name together; most first."""
    load_average: float
    """Over the last minute."""


def watch(
    seconds: float = SECONDS,
    sleep: Callable[[float], None] = time.sleep,
    online: Callable[[], list[int]] = online_cpus,
) -> Watched:
    """Look twice, `seconds` apart: at least one, below which psutil's shares are too small."""
    before = _process_seconds()
    psutil.cpu_times_percent(percpu=True)
    start = time.monotonic()
    sleep(seconds)
    shares = psutil.cpu_times_percent(percpu=True)
    elapsed = max(seconds, time.monotonic() - start)
    used: defaultdict[str, float] = defaultdict(float)
    for (pid, created, name), spent in _process_seconds().items():
        used[name] += (spent - before.get((pid, created, name), 0.0)) / elapsed
    cpus = online()
    steals = [getattr(share, "steal", None) for share in shares]
    return Watched(
        busy={
            cpu: (100 - share.idle - getattr(share, "iowait", 0.0) - (steal or 0.0)) / 100
            for cpu, share, steal in zip(cpus, shares, steals, strict=False)
        },
        steal={
            cpu: steal / 100 for cpu, steal in zip(cpus, steals, strict=False) if steal is not None
        },
        processes=sorted(used.items(), key=lambda pair: -pair[1]),
        load_average=psutil.getloadavg()[0],
    )


def _process_seconds() -> dict[tuple[int, float, str], float]:
    """Processor time of each process but this one, seconds since its start."""
    found = {}
    for process in psutil.process_iter(["pid", "create_time", "name", "cpu_times"]):
        fields = process.info
        if fields["pid"] != os.getpid() and fields["cpu_times"] is not None:
            key = (fields["pid"], fields["create_time"], fields["name"] or "?")
            found[key] = fields["cpu_times"].user + fields["cpu_times"].system
    return found


def steal(watched: Watched, cpus: Sequence[int]) -> Diagnosis:
    """Time stolen from the lab's CPUs."""
    stolen = {cpu: share for cpu, share in watched.steal.items() if cpu in cpus}
    figures: Figures = {"steal": {str(cpu): round(s, 4) for cpu, s in stolen.items()}}
    if not stolen:
        return Diagnosis(
            code="steal",
            name="Steal",
            found="not told by this system",
            grade="note",
            effect="What a host takes from a virtual machine shows in the fixed loop alone.",
            remedy="Run the lab on Linux.",
            figures=figures,
        )
    most = max(stolen.values())
    grade = by_share(most)
    return Diagnosis(
        code="steal",
        name="Steal",
        found=f"{percent(most)} of the CPU that lost most",
        grade=grade,
        effect="No time is known to be taken away; a host that keeps it to itself shows 0 as well, "
        "and only the fixed loop tells."
        if grade == "ok"
        else "What the host takes is missing from throughput, and comes and goes as it likes.",
        remedy="" if grade == "ok" else "Use a machine, or a kind of machine, that is not shared.",
        figures=figures,
    )


def load(watched: Watched, cpus: Sequence[int], contestant: int) -> Diagnosis:
    """What others use of the lab's CPUs."""
    busy = {cpu: share for cpu, share in watched.busy.items() if cpu in cpus}
    most = max(busy.values(), default=0.0)
    grade = by_share(most)
    named = [pair for pair in watched.processes if pair[1] >= WORTH_NAMING][:NAMED]
    found = f"{percent(most)} of the busiest CPU"
    if contestant in busy:
        found += f", {percent(busy[contestant])} of the contestant's"
    found += f"; load average {watched.load_average:.1f}"
    if named:
        found += "; most by " + ", ".join(f"{name} ({percent(share)})" for name, share in named)
    return Diagnosis(
        code="load",
        name="Other load",
        found=found,
        grade=grade,
        effect="Nothing else competes for the lab's cores."
        if grade == "ok"
        else "Others take time of the lab's cores, and not from all contestants alike.",
        remedy="" if grade == "ok" else "Stop what is not needed, and look again.",
        figures={
            "busy": {str(cpu): round(share, 4) for cpu, share in busy.items()},
            "load_average": round(watched.load_average, 2),
            "processes": {name: round(share, 4) for name, share in named},
        },
    )
