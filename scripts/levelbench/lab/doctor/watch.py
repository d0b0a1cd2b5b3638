"""Other load on the machine and steal time, measured while the lab is idle."""

import os
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import psutil

from levelbench.lab.doctor.diagnosis import Diagnosis, Figures, by_share, percent
from levelbench.lab.machine import online_cpus

SECONDS = 3.0
"""The kernel counts in hundredths of a second, so a share is exact to a third of a percent."""
NAMED = 3
"""Number of processes that are named: those that use most."""
WORTH_NAMING = 0.01
"""Share of one CPU."""


@dataclass(frozen=True)
class Watched:
    """Use of each CPU, as shares of its time."""

    busy: dict[int, float]
    steal: dict[int, float]
    """Time in which the host ran another guest on the CPU; empty if not reported."""
    processes: list[tuple[str, float]]
    """Name and CPUs used by all processes with that name; most first."""
    load_average: float
    """Over the last minute."""


def watch(
    seconds: float = SECONDS,
    sleep: Callable[[float], None] = time.sleep,
    online: Callable[[], list[int]] = online_cpus,
) -> Watched:
    """Measure CPU use over `seconds`: at least one, because psutil's shares are too small below."""
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
    """CPU seconds of each process except this one."""
    found = {}
    for process in psutil.process_iter(["pid", "create_time", "name", "cpu_times"]):
        fields = process.info
        if fields["pid"] != os.getpid() and fields["cpu_times"] is not None:
            key = (fields["pid"], fields["create_time"], fields["name"] or "?")
            found[key] = fields["cpu_times"].user + fields["cpu_times"].system
    return found


def steal(watched: Watched, cpus: Sequence[int]) -> Diagnosis:
    """Diagnose steal: time that the host takes from the lab's CPUs."""
    stolen = {cpu: share for cpu, share in watched.steal.items() if cpu in cpus}
    figures: Figures = {"steal": {str(cpu): round(s, 4) for cpu, s in stolen.items()}}
    if not stolen:
        return Diagnosis(
            code="steal",
            name="Steal",
            found="not reported by this system",
            grade="note",
            effect="Time that the host takes from a virtual machine shows only in the fixed loop.",
            remedy="Run the lab on Linux.",
            figures=figures,
        )
    most = max(stolen.values())
    grade = by_share(most)
    return Diagnosis(
        code="steal",
        name="Steal",
        found=f"{percent(most)} of the most affected CPU",
        grade=grade,
        effect="No stolen time was reported. Some hosts never report it; then only the fixed loop "
        "shows it."
        if grade == "ok"
        else "Stolen time reduces throughput, and varies without warning.",
        remedy="" if grade == "ok" else "Use a machine that is not shared.",
        figures=figures,
    )


def load(watched: Watched, cpus: Sequence[int], contestant: int) -> Diagnosis:
    """Diagnose other load on the lab's CPUs."""
    busy = {cpu: share for cpu, share in watched.busy.items() if cpu in cpus}
    most = max(busy.values(), default=0.0)
    grade = by_share(most)
    named = [pair for pair in watched.processes if pair[1] >= WORTH_NAMING][:NAMED]
    found = f"{percent(most)} of the busiest CPU"
    if contestant in busy:
        found += f", {percent(busy[contestant])} of the contestant's"
    found += f"; load average {watched.load_average:.1f}"
    if named:
        found += "; top processes: " + ", ".join(
            f"{name} ({percent(share)})" for name, share in named
        )
    return Diagnosis(
        code="load",
        name="Other load",
        found=found,
        grade=grade,
        effect="No other process competes for the lab's cores."
        if grade == "ok"
        else "Other processes use the lab's cores, and affect contestants unequally.",
        remedy=""
        if grade == "ok"
        else "Stop processes that are not needed, then run `make doctor` again.",
        figures={
            "busy": {str(cpu): round(share, 4) for cpu, share in busy.items()},
            "load_average": round(watched.load_average, 2),
            "processes": {name: round(share, 4) for name, share in named},
        },
    )
