"""What k6 says of a trial: the summary that it prints, turned into the lab's figures."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from levelbench.errors import LabError
from levelbench.load import figures
from levelbench.load.capacity import capacity_rps
from levelbench.load.closed_document import (
    Answered,
    Answers,
    Bounds,
    ClosedSummary,
    EndpointsSummary,
    FailedCheck,
    Trend,
)
from levelbench.load.open_document import CapacitySummary, OpenSummary
from levelbench.model.measurement import EndpointWindow, LatencySummary, Step, Window
from levelbench.model.vocabulary import ENDPOINTS, Endpoint

SUMMARY_FILE = "k6-summary.json"
"""Within a trial's folder."""

Document = ClosedSummary | EndpointsSummary | OpenSummary | CapacitySummary
_DOCUMENT: TypeAdapter[Document] = TypeAdapter(Annotated[Document, Field(discriminator="workload")])


class K6Error(LabError):
    """The load generator's summary is missing, cut short or not what it should be."""


class Summary(BaseModel):
    """One load."""

    model_config = ConfigDict(frozen=True)

    bounds: tuple[Bounds, ...]
    """When the window of all endpoints together began and ended, or each slice of it; empty where
    there are several windows."""
    endpoint_bounds: dict[Endpoint, Bounds]
    """When each endpoint's own window began and ended; empty where all share one."""
    step_bounds: tuple[Bounds, ...]
    """When the window of each step of a ladder began and ended."""
    window: Window
    endpoints: dict[Endpoint, EndpointWindow]
    """Empty for a ladder."""
    steps: tuple[Step, ...]
    """Of a ladder: those that were reached."""
    answers: dict[Endpoint, Answers]
    """Over all phases; empty in a summary from before they were counted."""
    registrations_201: int
    """Answers over all phases, as many as rows must have been written."""
    invoices_202: int
    failed_checks: tuple[FailedCheck, ...]
    timeline_rps: tuple[int, ...]
    """Answers in each second since a closed load's start, warm-up and pauses included; empty for an
    open one. For charts: a VU that stalls for the last second of the load does not report the
    second before it."""
    start_epoch_ms: int
    """When the load began, by the clock of the machine."""
    warmup_s: int
    """Of the first window, or of each step."""


def parse_summary(text: str) -> Summary:
    """The figures of a summary that k6 printed.

    Raises K6Error, in one line, for a text that is empty, cut short or of another shape.
    """
    if not text.strip():
        raise K6Error("k6 printed no summary", "Its log says why.")
    try:
        document = _DOCUMENT.validate_json(text)
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
    match document:
        case ClosedSummary():
            return _mixed(document)
        case EndpointsSummary():
            return _alone(document)
        case OpenSummary():
            return _open(document)
        case CapacitySummary():
            return _capacity(document)


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
            latency=figures.latency(measure.latency),
            halves=_halves(halves.first, halves.second, seconds),
            vus_busy_share=figures.busy_share(measure),
            slices=len(document.slices) if document.turns else None,
            disturbances=document.turns.disturbances if document.turns else None,
        ),
        endpoints={
            endpoint: _endpoint(cut, seconds, figures.latency(cut.latency))
            for endpoint, cut in document.endpoints.items()
        },
        bounds=document.slices,
        timeline_rps=document.timeline,
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
            latency=LatencySummary(count=measure.latency.count),
            vus_busy_share=figures.busy_share(measure),
        ),
        endpoints={
            endpoint: figures.window_alone(cut, seconds)
            for endpoint, cut in document.endpoints.items()
        },
        endpoint_bounds={endpoint: cut.window for endpoint, cut in document.endpoints.items()},
        timeline_rps=document.timeline,
    )


def _open(document: OpenSummary) -> Summary:
    settings, dropped = document.settings, document.arrivals.dropped
    seconds = settings.measure_s
    measure, halves = document.phases.measure, document.halves

    def latency(trend: Trend) -> LatencySummary:
        return LatencySummary(count=trend.count) if dropped else figures.latency(trend)

    return _summary(
        document,
        window=Window(
            seconds=seconds,
            requests=measure.requests.count,
            errors=measure.errors.count,
            throughput_rps=measure.requests.count / seconds,
            latency=latency(measure.latency),
            halves=_halves(halves.first, halves.second, seconds),
            offered_rps=settings.rate_rps,
            dropped_iterations=dropped,
            generator_lag_p99_ms=None if dropped else figures.lag_p99(measure.generator_lag),
            generator_lag_max_ms=figures.unexplained_lag(
                document.generator_lag, dropped, settings.rate_rps
            ),
            service_latency=figures.latency(measure.service_time),
        ),
        endpoints={
            endpoint: _endpoint(cut, seconds, latency(cut.latency))
            for endpoint, cut in document.endpoints.items()
        },
        bounds=(document.window,),
    )


def _capacity(document: CapacitySummary) -> Summary:
    """Together the steps have a number of requests and of errors, and no rate or latency: these
    would be of a mix of rates. Raises K6Error for a ladder that was left for no reason."""
    settings, measure = document.settings, document.phases.measure
    seconds = settings.measure_s
    dropped = (0, *(step.dropped_so_far for step in document.steps))
    steps = tuple(
        figures.step(cut, before, seconds, document.generator_lag.min)
        for cut, before in zip(document.steps, dropped, strict=False)
    )
    held = capacity_rps(steps, settings.objective_ms, settings.error_rate_max).is_lower_bound
    if held and len(steps) < len(settings.steps_rps):
        raise K6Error(
            f"k6 broke the ladder off after {steps[-1].offered_rps:g}/s, which held",
            "Its log says why.",
        )
    return _summary(
        document,
        window=Window(
            seconds=seconds * len(document.steps),
            requests=measure.requests.count,
            errors=measure.errors.count,
            throughput_rps=None,
            latency=LatencySummary(count=measure.latency.count),
        ),
        steps=steps,
        step_bounds=tuple(cut.window for cut in document.steps),
    )


def _endpoint(cut: Answered, seconds: int, latency: LatencySummary) -> EndpointWindow:
    """One endpoint within a window of all."""
    return EndpointWindow(
        requests=cut.requests.count,
        errors=cut.errors.count,
        throughput_rps=cut.requests.count / seconds,
        latency=latency,
    )


def _halves(first: Answered, second: Answered, seconds: int) -> tuple[float, float]:
    """Requests a second in each half of a window."""
    return first.requests.count / (seconds / 2), second.requests.count / (seconds / 2)


def _summary(
    document: Document,
    *,
    window: Window,
    bounds: tuple[Bounds, ...] = (),
    endpoints: dict[Endpoint, EndpointWindow] | None = None,
    endpoint_bounds: dict[Endpoint, Bounds] | None = None,
    steps: tuple[Step, ...] = (),
    step_bounds: tuple[Bounds, ...] = (),
    timeline_rps: tuple[int, ...] = (),
) -> Summary:
    return Summary(
        bounds=bounds,
        endpoint_bounds=endpoint_bounds or {},
        step_bounds=step_bounds,
        window=window,
        endpoints=endpoints or {},
        steps=steps,
        answers=document.answers,
        registrations_201=document.registrations_201,
        invoices_202=document.invoices_202,
        failed_checks=document.failed_checks,
        timeline_rps=timeline_rps,
        start_epoch_ms=document.scenario_start_epoch_ms,
        warmup_s=document.settings.warmup_s,
    )
