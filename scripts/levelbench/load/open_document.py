"""The documents of open loads, at one rate and up a ladder of rates, as k6/lib/open_summary.js and
k6/lib/ladder_summary.js print them: k6's own figures, checked to add up."""

from itertools import pairwise
from typing import Annotated, Literal

from pydantic import Field, model_validator

from levelbench.load.closed_document import (
    Answered,
    Bounds,
    Document,
    Load,
    MixSettings,
    Trend,
    require_all,
)
from levelbench.model.base import Amount, Count
from levelbench.model.vocabulary import Endpoint

LATE_MAX_MS = 1000.0
"""A request that begins so much after it was due is counted where it began (k6/lib/arrivals.js)."""

Rate = Annotated[int, Field(gt=0)]


class Arrived(Answered):
    """Requests of one phase, half or endpoint, by when they were due."""

    service_time: Trend
    """http_req_duration of the right answers: latency without the generator's lag."""
    generator_lag: Trend
    """Of right and wrong ones: from when a request was due to when it was sent."""

    @model_validator(mode="after")
    def _lag_is_of_every_request(self) -> "Arrived":
        if self.generator_lag.count != self.requests.count:
            raise ValueError(
                f"{self.generator_lag.count} lags are not of {self.requests.count} requests"
            )
        if self.service_time.count != self.latency.count:
            raise ValueError(
                f"{self.service_time.count} service times are not of "
                f"{self.latency.count} right answers"
            )
        return self


class ArrivedPhases(Document):
    """Of one load."""

    warmup: Arrived
    measure: Arrived
    cooldown: Arrived


class ArrivedHalves(Document):
    """Of one window."""

    first: Arrived = Field(alias="1")
    second: Arrived = Field(alias="2")


class Arrivals(Document):
    """Of the whole load."""

    due: Count
    dropped: Count
    """Those for which no VU was free. Some may have been due after the load's end (k6/lib/open.js),
    so that with the requests they may be more than were due."""


class RateSettings(MixSettings):
    """With the rate, and the seconds for which it goes on after the window."""

    rate_rps: Rate
    tail_s: Count


class OpenSummary(Load):
    """workloads/open.js: requests arrive at one rate."""

    workload: Literal["open"]
    settings: RateSettings
    arrivals: Arrivals
    generator_lag: Trend
    phases: ArrivedPhases
    window: Bounds
    halves: ArrivedHalves
    endpoints: dict[Endpoint, Arrived]

    @model_validator(mode="after")
    def _parts_add_up(self) -> "OpenSummary":
        require_all(self.endpoints)
        phases, halves, settings = self.phases, self.halves, self.settings
        measured = phases.measure.requests.count
        self.hold(
            measured,
            {
                "endpoints": sum(cut.requests.count for cut in self.endpoints.values()),
                "halves": halves.first.requests.count + halves.second.requests.count,
            },
        )
        sent = measured + phases.warmup.requests.count + phases.cooldown.requests.count
        self.hold_answers(sent)
        arrivals = self.arrivals
        if sent > arrivals.due:
            raise ValueError(f"{sent} requests are more than the {arrivals.due} that were due")
        due = settings.rate_rps * settings.measure_s
        in_time = not arrivals.dropped and self.generator_lag.max <= LATE_MAX_MS
        if in_time and measured != due:
            raise ValueError(f"the window holds {measured} of the {due} requests due within it")
        return self


class LadderSettings(MixSettings):
    """With the rates and what each must hold. `warmup_s` and `measure_s` are each step's."""

    steps_rps: Annotated[tuple[Rate, ...], Field(min_length=1)]
    pause_s: Count
    """After each step."""
    objective_ms: Amount
    error_rate_max: Amount


class StepCut(Answered):
    """One step that was reached: its window, and what the whole of it has to say."""

    rate_rps: Rate
    window: Bounds
    generator_lag: Trend
    """In warm-up and window."""
    dropped_so_far: Count
    """Dropped iterations from the load's start to this step's end."""


class LadderPhases(Document):
    """Over all steps."""

    warmup: Answered
    measure: Answered
    cooldown: Answered


class CapacitySummary(Load):
    """workloads/capacity.js: requests arrive at rates that rise until one does not hold."""

    workload: Literal["capacity"]
    settings: LadderSettings
    generator_lag: Trend
    """Of the whole load. Its least is how much later than the scenario k6 began to count its time:
    every latency and lag here is too long by that."""
    phases: LadderPhases
    steps: Annotated[tuple[StepCut, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _parts_add_up(self) -> "CapacitySummary":
        settings, phases, steps = self.settings, self.phases, self.steps
        measured = phases.measure.requests.count
        self.hold(measured, {"steps": sum(step.requests.count for step in steps)})
        self.hold_answers(measured + phases.warmup.requests.count + phases.cooldown.requests.count)
        if tuple(step.rate_rps for step in steps) != settings.steps_rps[: len(steps)]:
            raise ValueError(f"steps are not the first {len(steps)} of settings.steps_rps")
        for before, step in pairwise(steps):
            if step.dropped_so_far < before.dropped_so_far:
                raise ValueError(f"fewer dropped by step {step.rate_rps} than before it")
        length_ms = 1000 * settings.measure_s
        for step in steps:
            if step.window.end_epoch_ms - step.window.start_epoch_ms != length_ms:
                raise ValueError(f"step {step.rate_rps}'s window is not {settings.measure_s} s")
            due = step.rate_rps * settings.measure_s
            in_time = not step.dropped_so_far and self.generator_lag.max <= LATE_MAX_MS
            if in_time and step.requests.count != due:
                raise ValueError(
                    f"step {step.rate_rps} holds {step.requests.count} of the {due} requests due "
                    "within it"
                )
        return self
