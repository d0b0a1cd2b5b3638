"""Clock source, cost of reading the clock, and time synchronisation."""

import time
import timeit
from dataclasses import asdict, dataclass
from pathlib import Path

from levelbench import command
from levelbench.lab.doctor.diagnosis import Diagnosis

SOURCE = Path("/sys/devices/system/clocksource/clocksource0/current_clocksource")
READS = 10_000
COSTLY_NS = 500.0
"""Reading the processor's clock costs about 50 ns in Python. A clock that needs the kernel or an
emulated device costs ten times that and more (vdso(7)), several times per request."""


@dataclass(frozen=True)
class Clock:
    """Properties of this machine's clock."""

    source: str | None
    read_ns: float
    """Cost of one reading."""
    resolution_ns: float
    synchronised: bool | None
    """Whether a time service synchronises it; None if that is not reported."""


def read(source: Path = SOURCE) -> Clock:
    """Read the properties of this machine's clock."""
    return Clock(
        source=_content(source),
        read_ns=_cost_ns(),
        resolution_ns=time.get_clock_info("monotonic").resolution * 1e9,
        synchronised=_synchronised(),
    )


def clock(found: Clock) -> Diagnosis:
    """Diagnose the clock: window boundaries and the cost per request depend on it."""
    problems, remedies = [], []
    if found.read_ns > COSTLY_NS:
        problems.append("Every reading is a system call, several times per request.")
        remedies.append("Boot with a clock source that needs no system call, such as tsc.")
    if found.synchronised is False:
        problems.append("If the clock is set during a trial, the boundaries of its window move.")
        remedies.append("Run a time service: `timedatectl set-ntp true`.")
    text = {True: "synchronised", False: "not synchronised", None: "synchronisation unknown"}
    return Diagnosis(
        code="clock",
        name="Clock",
        found=f"{found.source or 'source unknown'}, {found.read_ns:.0f} ns per reading, "
        f"resolution {found.resolution_ns:g} ns; {text[found.synchronised]}",
        grade="note" if problems else "ok",
        effect=" ".join(problems) or "Window boundaries are exact, and readings are cheap.",
        remedy=" ".join(remedies),
        figures=asdict(found),
    )


def _cost_ns() -> float:
    """Cost of one reading in the fastest of several series; the others were interrupted."""
    return min(timeit.repeat(time.monotonic, number=READS, repeat=5)) / READS * 1e9


def _synchronised() -> bool | None:
    """Whether the clock is synchronised, from systemd."""
    try:
        text = command.run(
            ["timedatectl", "show", "--property=NTPSynchronized", "--value"], timeout_s=5
        )
    except command.CommandError:
        return None
    return {"yes": True, "no": False}.get(text.strip())


def _content(path: Path) -> str | None:
    try:
        return path.read_text().strip() or None
    except OSError:
        return None
