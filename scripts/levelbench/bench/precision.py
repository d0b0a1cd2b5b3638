"""Stop on width: end a workload at the first look at which all its intervals are narrow enough.

Only widths are looked at. A run that ended once a verdict appeared would have false ones.
"""

from collections.abc import Mapping

from levelbench.analysis.precision import half_width
from levelbench.bench.run import OngoingRun
from levelbench.contestants.service import Service
from levelbench.errors import LabError
from levelbench.model import workloads
from levelbench.model.folder import Run
from levelbench.model.limits import Statistics
from levelbench.model.run import Look, Precision
from levelbench.model.vocabulary import COMPARED
from levelbench.progress import Display, clock_text

SHOWN_FROM = 5
"""Blocks after which the precision is shown: fewer have no meaningful interval."""


def of(
    target: float,
    planned: Mapping[str, int],
    services: Mapping[str, Service],
    statistics: Statistics,
) -> Precision:
    """The target of the first closed workload. Raises LabError where nothing can reach it."""
    closed = [name for name in planned if workloads.of(name).kind == "closed"]
    if not closed:
        raise LabError(
            f"PRECISION needs a closed workload, and this run has {', '.join(planned)}",
            "Leave PRECISION out, or choose WORKLOAD=closed.",
        )
    if sum(service.spec.role in COMPARED for service in services.values()) < 2:
        raise LabError(
            "PRECISION needs two contestants: it is the precision of their ratios",
            "Leave PRECISION out, or name more contestants in SERVICES.",
        )
    return Precision(workload=closed[0], target=target, looks=statistics.looks)


def look(run: OngoingRun, workload: str, block: int, display: Display, *, show: bool) -> None:
    """Look at the precision after a block; at a look, record it, and end the workload if it may.

    Blocks after this one do not matter: a resumed run looks at what it saw before.
    """
    aim = run.record.precision
    if aim is None or aim.workload != workload or aim.ended:
        return
    if block not in aim.looks and not (show and block >= SHOWN_FROM):
        return
    found = Look(
        blocks=block,
        half_width=half_width(Run(record=run.record, trials=tuple(run.trials)), workload, block),
    )
    if block in aim.looks:
        aim = aim.after(found)
        run.looked(aim)
    if show:
        display.say(_text(run, aim, found, display))


def _text(run: OngoingRun, aim: Precision, found: Look, display: Display) -> str:
    """The precision reached, the target, and the time to the next look and to the last."""
    reached = (
        "no interval of every pair yet"
        if found.half_width is None
        else f"precision ±{found.half_width:.1%}"
    )
    text = f"{aim.workload}: {reached} after {found.blocks} rounds, target ±{aim.target:.1%}"
    if aim.ended:
        outcome = "reached" if aim.ended == "precise" else "not reached at the last look"
        return f"{text}: {outcome}"

    def left(block: int) -> str:
        numbers = [
            one.number
            for one in run.record.plan
            if (one.workload, one.block) == (aim.workload, block)
        ]
        return clock_text(display.remaining_s(until=max(numbers)) or 0.0)

    following, last = min(n for n in aim.looks if n > found.blocks), aim.looks[-1]
    times = [f"{left(following)} to the next look (round {following})"]
    if last != following:
        times.append(f"{left(last)} to the last (round {last})")
    return f"{text}; {', '.join(times)}"
