"""The documents that k6 prints, as they are: k6's own figures, checked to add up. What they have in
common (k6/lib/summary.js), and those of closed loads (k6/lib/closed_summary.js)."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from levelbench.model.base import Amount, Count
from levelbench.model.vocabulary import ENDPOINTS, Endpoint


class Document(BaseModel):
    """Frozen, and an unknown key, an infinity or a NaN is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class FailedCheck(Document):
    """Answers that were errors by the first check that they failed, over all phases."""

    endpoint: Endpoint
    check: str
    """A name of k6/lib/checks.js: `no_answer`, `status_503`, `json`, `newest_first` ..."""
    count: Annotated[int, Field(gt=0)]


class Answers(Document):
    """Answers of one endpoint over all phases."""

    requests: Count
    errors: Count


class Counter(Document):
    """A Counter's values. Its rate is over the whole run and of no use here."""

    count: Count
    rate: Amount


class Sum(Document):
    """A Counter of milliseconds."""

    count: Amount
    rate: Amount


class Trend(Document):
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


class Answered(Document):
    """Answers of one part of a load."""

    requests: Counter
    errors: Counter
    latency: Trend

    @model_validator(mode="after")
    def _answers_are_right_or_wrong(self) -> "Answered":
        if self.requests.count != self.errors.count + self.latency.count:
            raise ValueError(
                f"{self.requests.count} requests are not {self.latency.count} right answers"
                f" and {self.errors.count} errors"
            )
        return self


class Cut(Answered):
    """Answers of one phase, half or endpoint of a closed load."""

    busy_ms: Sum
    vu_ms: Sum


class Phases(Document):
    """Over all slots."""

    warmup: Cut
    measure: Cut
    cooldown: Cut


class Halves(Document):
    """Of one window."""

    first: Cut = Field(alias="1")
    second: Cut = Field(alias="2")


class Bounds(Document):
    """When a window began and ended, by the clock of the machine."""

    start_epoch_ms: int
    end_epoch_ms: int


class HalfCounts(Document):
    """Requests in each half of an endpoint's own window."""

    first: Count = Field(alias="1")
    second: Count = Field(alias="2")


class CutAlone(Cut):
    """One endpoint within a window of its own."""

    window: Bounds
    halves: HalfCounts
    disturbances: Count
    """Answers to another endpoint's requests that were completed within this window."""

    @model_validator(mode="after")
    def _halves_are_the_whole(self) -> "CutAlone":
        total = self.halves.first + self.halves.second
        if total != self.requests.count:
            raise ValueError(f"halves hold {total} of {self.requests.count} requests")
        return self


class Settings(Document):
    """What every workload was run with."""

    seed: Count
    vus: Annotated[int, Field(gt=0)]
    warmup_s: Count
    measure_s: Annotated[int, Field(gt=0)]
    pages: list[dict[str, Any]]
    orders: Count


class MixSettings(Settings):
    """With the weights of the endpoints."""

    weights: dict[Endpoint, Amount]


class AloneSettings(Settings):
    """With the pause after each endpoint's slot, seconds."""

    pause_s: dict[Endpoint, Count]


class Load(Document):
    """What the summaries of all workloads hold."""

    format: Literal[1]
    scenario_start_epoch_ms: int
    answers: dict[Endpoint, Answers] = Field(default_factory=dict)
    registrations_201: Count
    invoices_202: Count
    failed_checks: tuple[FailedCheck, ...]

    def hold(self, requests: int, parts: dict[str, int]) -> None:
        """Raises ValueError unless every part adds up to the windows' requests."""
        for name, total in parts.items():
            if total != requests:
                raise ValueError(f"{name} hold {total} of the window's {requests} requests")

    def hold_answers(self, requests: int) -> None:
        """Raises ValueError unless the answers of all endpoints are the load's requests."""
        require_all(self.answers)
        total = sum(answers.requests for answers in self.answers.values())
        if total != requests:
            raise ValueError(f"answers hold {total} of the load's {requests} requests")


class _ClosedLoad(Load):
    """What the summaries of closed loads hold."""

    phases: Phases
    timeline: tuple[Count, ...]

    def _hold_all(self, seconds: int, parts: dict[str, int]) -> None:
        """Raises ValueError unless the parts add up, and the timeline has every second."""
        self.hold(self.phases.measure.requests.count, parts)
        if len(self.timeline) != seconds:
            raise ValueError(f"timeline has {len(self.timeline)} of {seconds} seconds")


class TurnsTaken(Document):
    """Of a contestant that took turns with others."""

    generator_start_epoch_ms: Amount
    slices: Annotated[list[Bounds], Field(min_length=1)]
    """Of the one window."""
    disturbances: Count
    """Answers that came so late that they were in the way of the next contestant's window."""


class ClosedSummary(_ClosedLoad):
    """workloads/closed.js: all endpoints in one window, which may be cut into slices."""

    workload: Literal["closed"]
    settings: MixSettings
    window: Bounds
    turns: TurnsTaken | None = None
    """None of one that had the load for itself."""
    halves: Halves
    endpoints: dict[Endpoint, Cut]

    @property
    def slices(self) -> tuple[Bounds, ...]:
        """The parts of the window; one where no turns were taken."""
        return tuple(self.turns.slices) if self.turns else (self.window,)

    @model_validator(mode="after")
    def _parts_add_up(self) -> "ClosedSummary":
        require_all(self.endpoints)
        measured_ms = sum(own.end_epoch_ms - own.start_epoch_ms for own in self.slices)
        if measured_ms != 1000 * self.settings.measure_s:
            raise ValueError(f"the window is {measured_ms} ms long")
        if self.turns and self.turns.generator_start_epoch_ms > self.window.start_epoch_ms:
            raise ValueError("the load generator started after its first slice")
        self._hold_all(
            len(self.timeline) if self.turns else self.settings.warmup_s + self.settings.measure_s,
            {
                "endpoints": sum(cut.requests.count for cut in self.endpoints.values()),
                "halves": self.halves.first.requests.count + self.halves.second.requests.count,
            },
        )
        return self


class EndpointsSummary(_ClosedLoad):
    """workloads/endpoints.js: each endpoint in a window of its own, one after the other."""

    workload: Literal["endpoints"]
    settings: AloneSettings
    endpoints: dict[Endpoint, CutAlone]

    @model_validator(mode="after")
    def _parts_add_up(self) -> "EndpointsSummary":
        require_all(self.endpoints)
        settings = self.settings
        begin_ms = self.scenario_start_epoch_ms
        for endpoint, cut in self.endpoints.items():
            start_ms = begin_ms + 1000 * settings.warmup_s
            end_ms = start_ms + 1000 * settings.measure_s
            if (cut.window.start_epoch_ms, cut.window.end_epoch_ms) != (start_ms, end_ms):
                raise ValueError(f"{endpoint}'s window is not {start_ms} to {end_ms}")
            begin_ms = end_ms + 1000 * settings.pause_s[endpoint]
        self._hold_all(
            (end_ms - self.scenario_start_epoch_ms) // 1000,
            {"endpoints": sum(cut.requests.count for cut in self.endpoints.values())},
        )
        return self


def require_all(endpoints: dict[Endpoint, Any]) -> None:
    """Raises ValueError unless every endpoint is there, in their order."""
    if tuple(endpoints) != ENDPOINTS:
        raise ValueError(f"endpoints must be {', '.join(ENDPOINTS)}")
