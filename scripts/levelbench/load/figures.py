"""k6's own values turned into the lab's figures.

They come as they are and are exact; what is left to do here is what k6 gets wrong for our purpose:
an empty metric reports 0 ms where there is no figure, a percentile is given however few
observations lie above it, and a rate is divided by the whole run.
"""

from levelbench.load.closed_document import Cut, CutAlone, Trend
from levelbench.load.open_document import StepCut
from levelbench.model.measurement import EndpointWindow, LatencySummary, Step
from levelbench.model.percentile import required_observations


def latency(trend: Trend, origin_ms: float = 0.0) -> LatencySummary:
    """The figures of a trend whose values are all too large by `origin_ms`."""
    count = trend.count
    if count == 0:
        return LatencySummary(count=0)

    def percentile(rank: float, value_ms: float) -> float | None:
        return value_ms - origin_ms if count >= required_observations(rank) else None

    return LatencySummary(
        count=count,
        mean_ms=trend.avg - origin_ms,
        p50_ms=percentile(50, trend.p50),
        p90_ms=percentile(90, trend.p90),
        p95_ms=percentile(95, trend.p95),
        p99_ms=percentile(99, trend.p99),
        p999_ms=percentile(99.9, trend.p999),
        max_ms=trend.max - origin_ms,
    )


def busy_share(cut: Cut) -> float | None:
    """The share of the VUs' own time between two answers that they waited for the server.

    Both sums are over the same answers, so that the window's edges bias nothing; vu_ms is exact
    to 1 ms a VU. None where no VU had a second answer.
    """
    return cut.busy_ms.count / cut.vu_ms.count if cut.vu_ms.count else None


def lag_p99(trend: Trend, origin_ms: float = 0.0) -> float | None:
    """The generator's lag, milliseconds; None of no request. It is held against a limit, not
    compared: it takes no number of observations."""
    return trend.p99 - origin_ms if trend.count else None


def unexplained_lag(
    trend: Trend, dropped: int, rate_rps: int, origin_ms: float = 0.0
) -> float | None:
    """What of the worst lag dropped iterations do not explain, milliseconds: the generator was late
    by that much at least.

    A dropped iteration takes no number, so that each makes all after it look late by one period of
    the rate. None of no request.
    """
    if not trend.count:
        return None
    return max(0.0, trend.max - origin_ms - dropped * 1e3 / rate_rps)


def window_alone(cut: CutAlone, seconds: int) -> EndpointWindow:
    """An endpoint's own window."""
    return EndpointWindow(
        requests=cut.requests.count,
        errors=cut.errors.count,
        throughput_rps=cut.requests.count / seconds,
        latency=latency(cut.latency),
        seconds=seconds,
        halves=(cut.halves.first / (seconds / 2), cut.halves.second / (seconds / 2)),
        vus_busy_share=busy_share(cut),
        disturbances=cut.disturbances,
    )


def step(cut: StepCut, dropped_before: int, seconds: int, origin_ms: float) -> Step:
    """One step of a ladder. With a dropped iteration in it, or in one before it, it is not known
    when its requests were due."""
    known = cut.dropped_so_far == 0
    return Step(
        offered_rps=cut.rate_rps,
        seconds=seconds,
        requests=cut.requests.count,
        errors=cut.errors.count,
        dropped_iterations=cut.dropped_so_far - dropped_before,
        throughput_rps=cut.requests.count / seconds,
        latency=latency(cut.latency, origin_ms)
        if known
        else LatencySummary(count=cut.latency.count),
        generator_lag_p99_ms=lag_p99(cut.generator_lag, origin_ms) if known else None,
        # Those dropped before it were of another rate: how late they make it look is not known.
        generator_lag_max_ms=None
        if dropped_before
        else unexplained_lag(cut.generator_lag, cut.dropped_so_far, cut.rate_rps, origin_ms),
    )
