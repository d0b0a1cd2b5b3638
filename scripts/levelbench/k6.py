"""What k6 says of a trial: the summary that k6/lib/summary.js prints, checked and turned into
the lab's figures.

k6's own values come as they are and are exact; what is left to do here is what k6 gets wrong for
our purpose: an empty metric reports 0 ms where there is no figure, a percentile is given however
few observations lie above it, and a rate is divided by the whole run.
"""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from levelbench.errors import LabError
from levelbench.records import EndpointWindow, LatencyFigures, Window
from levelbench.stats import required_observations
from levelbench.words import ENDPOINTS, Endpoint

Count = Annotated[int, Field(ge=0)]
Amount = Annotated[float, Field(ge=0)]


class K6Error(LabError):
    """The load generator's summary is missing, cut short or not what it should be."""


class FailedCheck(BaseModel):
    """Answers that were errors by the first check that they failed, over all phases."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    endpoint: Endpoint
    check: str
    """A name of k6/lib/checks.js: `no_answer`, `status_503`, `json`, `newest_first` ..."""
    count: Annotated[int, Field(gt=0)]


class Answers(BaseModel):
    """Answers of one endpoint over all phases."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    requests: Count
    errors: Count


class Summary(BaseModel):
    """One closed load."""

    model_config = ConfigDict(frozen=True)

    start_epoch_ms: int
    """Begin of the measured window, by the clock of the machine."""
    end_epoch_ms: int
    window: Window
    endpoints: dict[Endpoint, EndpointWindow]
    answers: dict[Endpoint, Answers]
    """Over all phases; empty in a summary from before they were counted."""
    registrations_201: int
    """Answers over all phases, as many as rows must have been written."""
    invoices_202: int
    failed_checks: tuple[FailedCheck, ...]
    timeline_rps: tuple[int, ...]
    """Answers in each second since the load's start, warm-up included. For charts: a VU that
    stalls for the last second of the load does not report the second before it."""
    warmup_s: int
    """How many seconds of the timeline are warm-up."""


# --- the document as k6 prints it -------------------------------------------------------------


class _Document(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class _Counter(_Document):
    """A Counter's values. Its rate is over the whole run and of no use here."""

    count: Count
    rate: Amount


class _Sum(_Document):
    """A Counter of milliseconds."""

    count: Amount
    rate: Amount


class _Trend(_Document):
    """A Trend's values, milliseconds."""

    count: Count
    avg: Amount
    min: Amount
    med: Amount
    max: Amount
    p50: Amount = Field(alias="p(50)")
    p90: Amount = Field(alias="p(90)")
    p95: Amount = Field(alias="p(95)")
    p99: Amount = Field(alias="p(99)")
    p999: Amount = Field(alias="p(99.9)")


class _Cut(_Document):
    """The metrics of one phase, half or endpoint."""

    requests: _Counter
    errors: _Counter
    latency: _Trend
    busy_ms: _Sum
    vu_ms: _Sum

    @model_validator(mode="after")
    def answers_are_right_or_wrong(self) -> "_Cut":
        if self.requests.count != self.errors.count + self.latency.count:
            raise ValueError(
                f"{self.requests.count} requests are not {self.latency.count} right answers"
                f" and {self.errors.count} errors"
            )
        return self


class _Phases(_Document):
    warmup: _Cut
    measure: _Cut
    cooldown: _Cut


class _Halves(_Document):
    first: _Cut = Field(alias="1")
    second: _Cut = Field(alias="2")


class _Settings(_Document):
    seed: Count
    vus: Annotated[int, Field(gt=0)]
    warmup_s: Count
    measure_s: Annotated[int, Field(gt=0)]
    weights: dict[Endpoint, Amount]
    pages: list[dict[str, Any]]
    orders: Count


class _Bounds(_Document):
    start_epoch_ms: int
    end_epoch_ms: int


class _Summary(_Document):
    format: Literal[1]
    workload: str
    settings: _Settings
    scenario_start_epoch_ms: int
    window: _Bounds
    phases: _Phases
    halves: _Halves
    endpoints: dict[Endpoint, _Cut]
    answers: dict[Endpoint, Answers] = Field(default_factory=dict)
    registrations_201: Count
    invoices_202: Count
    failed_checks: tuple[FailedCheck, ...]
    timeline: tuple[Count, ...]

    @model_validator(mode="after")
    def parts_add_up(self) -> "_Summary":
        if set(self.endpoints) != set(ENDPOINTS):
            raise ValueError(f"endpoints must be {', '.join(ENDPOINTS)}")
        requests = self.phases.measure.requests.count
        parts = {
            "endpoints": sum(cut.requests.count for cut in self.endpoints.values()),
            "halves": self.halves.first.requests.count + self.halves.second.requests.count,
        }
        for name, total in parts.items():
            if total != requests:
                raise ValueError(f"{name} hold {total} of the window's {requests} requests")
        seconds = self.settings.warmup_s + self.settings.measure_s
        if len(self.timeline) != seconds:
            raise ValueError(f"timeline has {len(self.timeline)} of {seconds} seconds")
        return self


# --- its figures ------------------------------------------------------------------------------


def parse_summary(text: str) -> Summary:
    """The figures of a summary that k6 printed.

    Raises K6Error, in one line, for a text that is empty, cut short or of another shape.
    """
    if not text.strip():
        raise K6Error("k6 printed no summary", "Its log says why.")
    try:
        document = _Summary.model_validate_json(text)
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
    return _summary(document)


def _summary(document: _Summary) -> Summary:
    seconds = document.settings.measure_s
    measure, halves = document.phases.measure, document.halves
    return Summary(
        start_epoch_ms=document.window.start_epoch_ms,
        end_epoch_ms=document.window.end_epoch_ms,
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
            endpoint: _endpoint(document.endpoints[endpoint], seconds) for endpoint in ENDPOINTS
        },
        answers=document.answers,
        registrations_201=document.registrations_201,
        invoices_202=document.invoices_202,
        failed_checks=document.failed_checks,
        timeline_rps=document.timeline,
        warmup_s=document.settings.warmup_s,
    )


def _endpoint(cut: _Cut, seconds: int) -> EndpointWindow:
    return EndpointWindow(
        requests=cut.requests.count,
        errors=cut.errors.count,
        throughput_rps=cut.requests.count / seconds,
        latency=_latency(cut.latency),
    )


def _busy_share(cut: _Cut) -> float | None:
    """The share of the VUs' own time between two answers that they waited for the server.

    Both sums are over the same answers, so that the window's edges bias nothing; vu_ms is exact
    to 1 ms a VU. None where no VU had a second answer.
    """
    return cut.busy_ms.count / cut.vu_ms.count if cut.vu_ms.count else None


def _latency(trend: _Trend) -> LatencyFigures:
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
