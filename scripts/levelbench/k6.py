"""What k6 says of a trial: the summary that it prints, turned into the lab's figures.

k6's own values come as they are and are exact; what is left to do here is what k6 gets wrong for
our purpose: an empty metric reports 0 ms where there is no figure, a percentile is given however
few observations lie above it, and a rate is divided by the whole run.
"""

from pydantic import BaseModel, ConfigDict, ValidationError

from levelbench.errors import LabError
from levelbench.k6summary import (
    SUMMARY,
    Answers,
    Bounds,
    ClosedSummary,
    Cut,
    CutAlone,
    EndpointsSummary,
    FailedCheck,
    Trend,
)
from levelbench.records import EndpointWindow, LatencyFigures, Window
from levelbench.stats import required_observations
from levelbench.words import ENDPOINTS, Endpoint


class K6Error(LabError):
    """The load generator's summary is missing, cut short or not what it should be."""


class Summary(BaseModel):
    """One load of a constant number of virtual users."""

    model_config = ConfigDict(frozen=True)

    bounds: Bounds | None
    """When the window of all endpoints together began and ended; None where each has its own."""
    endpoint_bounds: dict[Endpoint, Bounds]
    """When each endpoint's own window began and ended; empty where all share one."""
    window: Window
    endpoints: dict[Endpoint, EndpointWindow]
    answers: dict[Endpoint, Answers]
    """Over all phases; empty in a summary from before they were counted."""
    registrations_201: int
    """Answers over all phases, as many as rows must have been written."""
    invoices_202: int
    failed_checks: tuple[FailedCheck, ...]
    timeline_rps: tuple[int, ...]
    """Answers in each second since the load's start, warm-up and pauses included. For charts: a VU
    that stalls for the last second of the load does not report the second before it."""
    warmup_s: int
    """How many seconds of the timeline are the first warm-up."""


def parse_summary(text: str) -> Summary:
    """The figures of a summary that k6 printed.

    Raises K6Error, in one line, for a text that is empty, cut short or of another shape.
    """
    if not text.strip():
        raise K6Error("k6 printed no summary", "Its log says why.")
    try:
        document = SUMMARY.validate_json(text)
    except ValidationError as error:
        first = error.errors()[0]
        if first["type"] == "json_invalid":
            raise K6Error(
                f"k6's summary is not whole JSON, {len(text)} characters: {first['msg']}",
                "Its log says why.",
            ) from None
        where = ".".join(str(part) for part in first["loc"]) or "the whole"
        more = f" (and {error.error_count() - 1} more)" if error.error_count() > 1 else ""
        raise K6Error(f"k6's summary, {where}: {first['msg']}{more}") from None
    if isinstance(document, ClosedSummary):
        return _mixed(document)
    return _alone(document)


def _mixed(document: ClosedSummary) -> Summary:
    seconds = document.settings.measure_s
    measure, halves = document.phases.measure, document.halves
    return _summary(
        document,
        window=Window(
            seconds=seconds,
            requests=measure.requests.count,
            errors=measure.errors.count,
            throughput_rps=measure.requests.count / seconds,
            latency=_latency(measure.latency),
            halves=(
                halves.first.requests.count / (seconds / 2),
                halves.second.requests.count / (seconds / 2),
            ),
            vus_busy_share=_busy_share(measure),
        ),
        endpoints={
            endpoint: EndpointWindow(
                requests=cut.requests.count,
                errors=cut.errors.count,
                throughput_rps=cut.requests.count / seconds,
                latency=_latency(cut.latency),
            )
            for endpoint in ENDPOINTS
            if (cut := document.endpoints[endpoint])
        },
        bounds=document.window,
        endpoint_bounds={},
    )


def _alone(document: EndpointsSummary) -> Summary:
    """Together the windows have a number of requests and of errors, and no rate or latency: these
    would be of a mix that is made by the contestant's own speed."""
    seconds = document.settings.measure_s
    measure = document.phases.measure
    return _summary(
        document,
        window=Window(
            seconds=seconds * len(ENDPOINTS),
            requests=measure.requests.count,
            errors=measure.errors.count,
            throughput_rps=None,
            latency=LatencyFigures(count=measure.latency.count),
            vus_busy_share=_busy_share(measure),
        ),
        endpoints={
            endpoint: _window_alone(cut, seconds) for endpoint, cut in document.endpoints.items()
        },
        bounds=None,
        endpoint_bounds={endpoint: cut.window for endpoint, cut in document.endpoints.items()},
    )


def _window_alone(cut: CutAlone, seconds: int) -> EndpointWindow:
    return EndpointWindow(
        requests=cut.requests.count,
        errors=cut.errors.count,
        throughput_rps=cut.requests.count / seconds,
        latency=_latency(cut.latency),
        seconds=seconds,
        halves=(cut.halves.first / (seconds / 2), cut.halves.second / (seconds / 2)),
        vus_busy_share=_busy_share(cut),
        disturbances=cut.disturbances,
    )


def _summary(
    document: ClosedSummary | EndpointsSummary,
    *,
    window: Window,
    endpoints: dict[Endpoint, EndpointWindow],
    bounds: Bounds | None,
    endpoint_bounds: dict[Endpoint, Bounds],
) -> Summary:
    return Summary(
        bounds=bounds,
        endpoint_bounds=endpoint_bounds,
        window=window,
        endpoints=endpoints,
        answers=document.answers,
        registrations_201=document.registrations_201,
        invoices_202=document.invoices_202,
        failed_checks=document.failed_checks,
        timeline_rps=document.timeline,
        warmup_s=document.settings.warmup_s,
    )


def _busy_share(cut: Cut) -> float | None:
    """The share of the VUs' own time between two answers that they waited for the server.

    Both sums are over the same answers, so that the window's edges bias nothing; vu_ms is exact
    to 1 ms a VU. None where no VU had a second answer.
    """
    return cut.busy_ms.count / cut.vu_ms.count if cut.vu_ms.count else None


def _latency(trend: Trend) -> LatencyFigures:
    count = trend.count
    if count == 0:
        return LatencyFigures(count=0)

    def percentile(rank: float, value_ms: float) -> float | None:
        return value_ms if count >= required_observations(rank) else None

    return LatencyFigures(
        count=count,
        mean_ms=trend.avg,
        p50_ms=percentile(50, trend.p50),
        p90_ms=percentile(90, trend.p90),
        p95_ms=percentile(95, trend.p95),
        p99_ms=percentile(99, trend.p99),
        p999_ms=percentile(99.9, trend.p999),
        max_ms=trend.max,
    )
