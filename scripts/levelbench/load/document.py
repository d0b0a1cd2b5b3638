"""Parts that the k6 summary documents of all workloads share (k6/lib/summary.js).

k6's own values, checked to add up. Three of k6's conventions are corrected here: an empty metric
reports 0 ms where it has no value, a percentile is given however few observations lie above it, and
a rate is divided by the whole run's length.
"""

from abc import abstractmethod
from collections.abc import Collection, Iterable, Mapping
from typing import Annotated, Literal, TypedDict, TypeVar

from pydantic import Field, model_validator

from levelbench.load.summary import Answers, FailedCheck, Summary
from levelbench.model.base import Amount, Count, Model
from levelbench.model.measurement import EndpointWindow, LatencySummary
from levelbench.model.percentile import required_observations
from levelbench.model.vocabulary import ENDPOINTS, Endpoint


class Counter(Model):
    """A k6 Counter. Its rate is over the whole run and not used."""

    count: Count
    rate: Amount


class TimeCounter(Model):
    """A k6 Counter of milliseconds."""

    count: Amount
    rate: Amount


class Trend(Model):
    """A k6 Trend, milliseconds."""

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

    def latency(self, origin_ms: float = 0.0) -> LatencySummary:
        """Latency, where every value of the trend is too large by `origin_ms`."""
        if self.count == 0:
            return LatencySummary(count=0)

        def percentile(rank: float, value_ms: float) -> float | None:
            return value_ms - origin_ms if self.count >= required_observations(rank) else None

        return LatencySummary(
            count=self.count,
            mean_ms=self.avg - origin_ms,
            p50_ms=percentile(50, self.p50),
            p90_ms=percentile(90, self.p90),
            p95_ms=percentile(95, self.p95),
            p99_ms=percentile(99, self.p99),
            p999_ms=percentile(99.9, self.p999),
            max_ms=self.max - origin_ms,
        )


class Answered(Model):
    """Responses of one part of a load."""

    requests: Counter
    errors: Counter
    latency: Trend
    timeouts: Counter | None = None
    """Errors that have a latency: the time until the timeout. None under a closed load, and in a
    summary that predates them."""

    @property
    def timed_out(self) -> int | None:
        return self.timeouts.count if self.timeouts else None

    @model_validator(mode="after")
    def _answers_are_right_or_wrong(self) -> "Answered":
        timeouts = self.timed_out or 0
        if timeouts > self.errors.count:
            raise ValueError(f"{timeouts} timeouts are more than {self.errors.count} errors")
        if self.requests.count + timeouts != self.errors.count + self.latency.count:
            raise ValueError(
                f"{self.requests.count} requests are not {self.latency.count} expected responses"
                f" and {self.errors.count} errors"
            )
        return self

    def in_mix(self, seconds: int, latency: LatencySummary) -> EndpointWindow:
        """One endpoint within the window of all."""
        return EndpointWindow(
            requests=self.requests.count,
            errors=self.errors.count,
            throughput_rps=self.requests.count / seconds,
            latency=latency,
        )


class PageRange(Model):
    """Pages of the order list that are requested equally often."""

    first: Annotated[int, Field(gt=0)]
    last: Annotated[int, Field(gt=0)]
    weight: Annotated[float, Field(gt=0)]


class Settings(Model):
    """Settings that every workload has."""

    seed: Count
    vus: Annotated[int, Field(gt=0)]
    warmup_s: Count
    measure_s: Annotated[int, Field(gt=0)]
    pages: tuple[PageRange, ...]
    orders: Count


class MixSettings(Settings):
    """With the weights of the endpoints."""

    weights: dict[Endpoint, Amount]
    """Empty for a guest: its journey has weights."""


class Common(TypedDict):
    """What a Summary takes from every document unchanged."""

    answers: dict[Endpoint, Answers]
    registrations_201: int
    invoices_202: int
    failed_checks: tuple[FailedCheck, ...]
    start_epoch_ms: int


class Document(Model):
    """Fields of the documents of all workloads."""

    format: Literal[1]
    scenario_start_epoch_ms: int
    answers: dict[Endpoint, Answers] = Field(default_factory=dict)
    registrations_201: Count
    invoices_202: Count
    failed_checks: tuple[FailedCheck, ...]

    @abstractmethod
    def summary(self) -> Summary:
        """The lab's metrics of this load."""

    def common(self) -> Common:
        """What the summary has of this document unchanged."""
        return {
            "answers": self.answers,
            "registrations_201": self.registrations_201,
            "invoices_202": self.invoices_202,
            "failed_checks": self.failed_checks,
            "start_epoch_ms": self.scenario_start_epoch_ms,
        }


def require_sum(requests: int, name: str, parts: Iterable[Answered]) -> None:
    """Raises ValueError unless the parts add up to the window's requests."""
    total = sum(part.requests.count for part in parts)
    if total != requests:
        raise ValueError(f"{name} hold {total} of the window's {requests} requests")


Part = TypeVar("Part", bound=Answered)


def parts_of(
    settings: MixSettings, endpoints: Mapping[Endpoint, Part], requests: Mapping[str, Part]
) -> Collection[Part]:
    """The parts of a window: all endpoints, or the requests of a guest's journey, which has no
    weights here. Raises ValueError for anything else."""
    if requests and not endpoints and not settings.weights:
        return requests.values()
    if requests:
        raise ValueError("a window with endpoints has no requests of a guest")
    require_all(endpoints)
    return endpoints.values()


def require_answers(
    settings: MixSettings, answers: Mapping[Endpoint, Answers], requests: int
) -> None:
    """Raises ValueError unless the responses of all endpoints are the load's requests. A guest has
    neither endpoints nor weights here."""
    if not settings.weights and not answers:
        return
    require_all(answers)
    total = sum(each.requests for each in answers.values())
    if total != requests:
        raise ValueError(f"answers hold {total} of the load's {requests} requests")


def require_all(endpoints: Mapping[Endpoint, object]) -> None:
    """Raises ValueError unless every endpoint is there, in the order of the journey."""
    if tuple(endpoints) != ENDPOINTS:
        raise ValueError(f"endpoints must be {', '.join(ENDPOINTS)}")


def halves_rps(counts: tuple[int, int], seconds: int) -> tuple[float, float]:
    """Requests per second in each half of a window."""
    first, second = counts
    return first / (seconds / 2), second / (seconds / 2)
