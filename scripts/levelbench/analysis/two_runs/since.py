"""What moved since the last run of a series: the comparison of two runs in a few values."""

import math
from collections.abc import Iterator

from levelbench.analysis.two_runs import state as states
from levelbench.analysis.two_runs.compare import RunComparison, compare
from levelbench.analysis.two_runs.culprits import Shift
from levelbench.errors import LabError
from levelbench.model.estimate import Estimate, Interval
from levelbench.model.folder import Run
from levelbench.model.since import Moved, Since

MARGIN = 0.05
"""Of the comparison; it decides no sentence of the report."""


def since(before: Run, now: Run) -> Since:
    """Compare a run with the last one of its series."""
    record = before.record
    try:
        found = compare(before, now, MARGIN)
    except LabError as error:
        _, said, reason = error.cause.partition("cannot be compared: ")
        refused = reason if said else error.cause
        return Since(run_id=record.run_id, started_at=record.started_at, refused=refused)
    bounds = [shift.slowdown for shift in found.shifts]
    known = [bound for bound in bounds if bound is not None]
    return Since(
        run_id=record.run_id,
        started_at=record.started_at,
        moved=tuple(moved(found, shift) for shift in found.decided),
        newly_failing=found.newly_failing,
        slowdown=max(known) if known and len(known) == len(bounds) else None,
    )


def moved(found: RunComparison, shift: Shift) -> Moved:
    """A contestant that changed, by how much."""
    ratios = list(_ratios(found, shift))
    values = [ratio.value for ratio in ratios if ratio.value]
    intervals = [ratio.confidence_interval for ratio in ratios if ratio.confidence_interval]
    return Moved(
        service=shift.service,
        workload=shift.measure.workload,
        endpoint=shift.measure.endpoint,
        metric=shift.measure.metric,
        verdict="worse" if shift.verdict == "worse" else "better",
        ratio=Estimate(
            value=math.exp(sum(map(math.log, values)) / len(values)) if values else None,
            confidence_interval=Interval(
                low=min(interval.low for interval in intervals),
                high=max(interval.high for interval in intervals),
            )
            if intervals
            else None,
        ),
    )


def _ratios(found: RunComparison, shift: Shift) -> Iterator[Estimate]:
    """Now / then of the contestant's ratios to those relative to which it changed."""
    for pair in found.ratios:
        if pair.measure != shift.measure:
            continue
        if pair.service == shift.service and pair.other in shift.against:
            yield pair.ratio
        elif pair.other == shift.service and pair.service in shift.against:
            yield Estimate(
                value=1 / pair.ratio.value if pair.ratio.value else None,
                confidence_interval=states.inverse(pair.ratio.confidence_interval),
            )
