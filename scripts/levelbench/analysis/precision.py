"""Precision of a workload so far: the half-width of its widest primary interval."""

import math

from levelbench.analysis.derive import final_trials
from levelbench.analysis.workload import of_workload
from levelbench.model.folder import Run
from levelbench.model.vocabulary import COMPARED


def half_width(run: Run, workload: str, blocks: int) -> float | None:
    """Half-width over the first blocks of a workload: (high / low)^0.5 - 1 of the widest of the
    simultaneous intervals that the report has of its primary ratios.

    None where a pair has no interval, or a contestant that did not fail has no valid trial.
    """
    trials = final_trials(
        trial for trial in run.trials if trial.workload == workload and trial.block <= blocks
    )
    roles = run.record.services
    names = {p.label for p in run.record.plan if p.workload == workload and p.label in roles}
    for name in names:
        statuses = {trial.status for trial in trials if trial.label == name}
        if roles[name].role in COMPARED and not statuses & {"valid", "failed"}:
            return None
    compared = of_workload(run, workload, trials, {}).comparisons
    intervals = [one.ratio.confidence_interval for one in compared if one.primary]
    known = [interval for interval in intervals if interval is not None]
    if not known or len(known) < len(intervals):
        return None
    return max(math.sqrt(one.high / one.low) - 1 for one in known)
