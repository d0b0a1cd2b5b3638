"""Checks of an open load: whether requests were sent when due, and what limited them if not."""

from collections.abc import Iterator, Sequence

from levelbench.analysis.checks import table
from levelbench.analysis.checks.bottleneck import busy_share
from levelbench.model.finding import Finding
from levelbench.model.limits import Limits
from levelbench.model.measurement import Step, Window
from levelbench.model.topology import Topology
from levelbench.model.trial import TrialRecord
from levelbench.model.windows import MeasuredWindow


def of_trial(
    trial: TrialRecord,
    measured: Sequence[MeasuredWindow],
    limits: Limits,
    vus: int,
    topology: Topology,
) -> Iterator[Finding]:
    """The findings on what an open load has offered; none on a closed load."""
    offers: Sequence[Window | Step] = trial.steps or ((trial.window,) if trial.window else ())
    busy = max((busy_share(window, ["k6"], topology) for window in measured), default=0.0)
    for offer in offers:
        if offer.dropped_iterations:
            yield from _dropped(offer, limits, vus, busy, ladder=bool(trial.steps))
    if trial.capacity and trial.capacity.bound == "at_most":
        lowest, first = trial.ladder_lowest_rps, offers[0].offered_rps or 0.0
        is_last = lowest is None or first <= lowest
        check = table.CAPACITY_IS_UPPER_BOUND if is_last else table.LADDER_TOO_HIGH
        yield check.finding(rate=first)
    if trial.capacity_is_lower_bound:
        yield table.CAPACITY_IS_LOWER_BOUND.finding(rate=offers[-1].offered_rps)
    lags = [(offer.generator_lag_p99_ms or 0.0, offer.offered_rps) for offer in offers]
    worst_ms, rate = max(lags, default=(0.0, None))
    if worst_ms > limits.generator_lag_p99_ms_max:
        yield table.GENERATOR_LAG.finding(limits, rate=rate, lag_ms=worst_ms)


def _dropped(
    offer: Window | Step, limits: Limits, vus: int, busy: float, *, ladder: bool
) -> Iterator[Finding]:
    """Decide which of load generator and contestant made an open load drop iterations."""
    late_ms, rate = offer.generator_lag_max_ms or 0.0, offer.offered_rps or 0.0
    burst = late_ms / 1e3 * rate
    if burst >= limits.burst_share_max * vus or busy > limits.generator_cpu_share_max:
        yield table.ITERATIONS_DROPPED.finding(
            limits,
            dropped=offer.dropped_iterations,
            rate=rate,
            late_ms=late_ms,
            burst=burst,
            vus=vus,
            busy=busy,
        )
    elif not ladder:  # a ladder climbs until this ends it
        yield table.OVERLOADED.finding(dropped=offer.dropped_iterations, rate=rate, vus=vus)
