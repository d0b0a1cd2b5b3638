"""The clock: where it comes from, what reading it costs, who sets it."""

import time
import timeit
from dataclasses import asdict, dataclass
from pathlib import Path

from levelbench import command
from levelbench.lab.doctor.diagnosis import Diagnosis

SOURCE = Path("/sys/devices/system/clocksource/clocksource0/current_clocksource")
READS = 10_000
COSTLY_NS = 500.0
"""A clock read from the processor costs some 50 ns in Python; one that needs the kernel, or an
emulated device, ten times that and more (vdso(7)), several times in every request."""


@dataclass(frozen=True)
class Clock:
    """What is known of it."""

    source: str | None
    read_ns: float
    """What one reading costs."""
    resolution_ns: float
    synchronised: bool | None
    """Whether a time service keeps it; None where nobody says."""


def read(source: Path = SOURCE) -> Clock:
    """This machine's clock."""
    return Clock(
        source=_content(source),
        read_ns=_cost_ns(),
        resolution_ns=time.get_clock_info("monotonic").resolution * 1e9,
        synchronised=_synchronised(),
    )


def clock(found: Clock) -> Diagnosis:
    """What it does to a window's boundaries, and to requests that read it."""
    problems, remedies = [], []
    if found.read_ns > COSTLY_NS:
        problems.append("Every reading is a call of the kernel, which requests pay several times.")
        remedies.append("Boot with a clock source that is read without one, such as tsc.")
    if found.synchronised is False:
        problems.append("A clock set by hand within a trial moves its window's boundaries.")
        remedies.append("Let a time service keep it (`timedatectl set-ntp true`).")
    said = {True: "synchronised", False: "not synchronised", None: "synchronisation not told"}
    return Diagnosis(
        code="clock",
        name="Clock",
        found=f"{found.source or 'source not told'}, {found.read_ns:.0f} ns a reading, "
        f"resolution {found.resolution_ns:g} ns; {said[found.synchronised]}",
        grade="note" if problems else "ok",
        effect=" ".join(problems) or "Boundaries of windows are exact, and reading it is cheap.",
        remedy=" ".join(remedies),
        figures=asdict(found),
    )


def _cost_ns() -> float:
    """Of one reading, the quickest of some series: the others were interrupted."""
    return min(timeit.repeat(time.monotonic, number=READS, repeat=5)) / READS * 1e9


def _synchronised() -> bool | None:
    """As systemd knows."""
    try:
        said = command.run(
            ["timedatectl", "show", "--property=NTPSynchronized", "--value"], timeout_s=5
        )
    except command.CommandError:
        return None
    return {"yes": True, "no": False}.get(said.strip())


def _content(path: Path) -> str | None:
    try:
        return path.read_text().strip() or None
    except OSError:
        return None
