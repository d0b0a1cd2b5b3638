"""Search for a capacity: the ladder of rates that a fresh start of a contestant is offered.

Each start has a short ladder around what the starts before it found, so that most steps are near
the capacity. Methods that offer one rate a start were simulated too (docs/statistics.md, Capacity).
"""

import math
from collections.abc import Iterable, Sequence
from statistics import fmean

from levelbench.load.parameters import Parameters
from levelbench.model.run import PlannedTrial, Rates
from levelbench.model.trial import TrialRecord

GALLOP = 4
"""Steps by which a ladder is lower after one that began above the capacity; 4 and 9 times as many
after the second and the third in a row (as in unbounded search: Bentley and Yao, Inf. Process.
Lett. 5, 1976)."""


def placed(
    parameters: Parameters,
    planned: PlannedTrial,
    trials: Iterable[TrialRecord],
    rates: Rates | None,
) -> Parameters:
    """The parameters of one trial; those of a workload that is no search stay as they are."""
    if parameters.ladder is None:
        return parameters
    own = [
        trial
        for trial in trials
        if (trial.workload, trial.service) == (planned.workload, planned.service) and trial.steps
    ]
    around_rps = _around_rps(own, planned.service, rates, parameters.ladder.growth)
    return parameters.around(around_rps, planned.block)


def _around_rps(
    trials: Sequence[TrialRecord], name: str, rates: Rates | None, growth: float
) -> float:
    """Where the capacity is expected: the geometric mean of what was found so far, else the
    throughput at full speed."""
    if not trials:
        if rates is None:
            raise ValueError("a search needs calibrated rates")
        return rates.of(name) or rates.throughput_rps
    found = [capacity for trial in trials if (capacity := trial.capacity) is not None]
    last = found[-1]
    if last.bound == "at_least":
        return float(last)
    missed = 0
    for one in reversed(found):
        if one.bound != "at_most":
            break
        missed += 1
    known = [math.log(one) for one in found if one.is_closed]
    highest = math.log(last) if missed else math.inf
    around = min(fmean(known), highest) if known else highest
    return math.exp(around - GALLOP * missed**2 * math.log(growth))
