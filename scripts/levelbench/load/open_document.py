"""k6 summary documents of open loads: at one rate (k6/lib/open_summary.js), and up a ladder of
rates (k6/lib/ladder_summary.js)."""

from itertools import pairwise
from typing import Annotated, Literal

from pydantic import Field, model_validator

from levelbench.load.document import (
    Answered,
    Document,
    MixSettings,
    Trend,
    halves_rps,
    parts_of,
    require_answers,
    require_sum,
)
from levelbench.load.summary import Bounds, K6Error, Summary
from levelbench.model.base import Amount, Count, Model
from levelbench.model.capacity import Objective, capacity_of
from levelbench.model.measurement import LatencySummary, Step, Window
from levelbench.model.vocabulary import Arrivals as Spacing
from levelbench.model.vocabulary import Endpoint

LATE_MAX_MS = 1000.0
"""A request that begins later than this after it was due counts where it began (LATE_MAX_MS in
k6/lib/arrivals.js)."""

Rate = Annotated[int, Field(gt=0)]


class Arrived(Answered):
    """Requests of one phase, half or endpoint, by when they were due."""

    service_time: Trend
    """http_req_duration of all that have a latency: latency without the generator's lag."""
    generator_lag: Trend
    """Of all requests: from when one was due to when it was sent."""

    @model_validator(mode="after")
    def _lag_is_of_every_request(self) -> "Arrived":
        if self.generator_lag.count != self.requests.count:
            raise ValueError(
                f"{self.generator_lag.count} lags are not of {self.requests.count} requests"
            )
        if self.service_time.count != self.latency.count:
            raise ValueError(
                f"{self.service_time.count} service times are not of "
                f"{self.latency.count} expected responses"
            )
        return self


class ArrivedPhases(Model):
    """Of one load."""

    warmup: Arrived
    measure: Arrived
    cooldown: Arrived


class ArrivedHalves(Model):
    """Of one window."""

    first: Arrived = Field(alias="1")
    second: Arrived = Field(alias="2")


class Arrivals(Model):
    """Of the whole load."""

    due: Count
    dropped: Count
    """k6's dropped_iterations: no VU was free. Some may have been due after the load's end
    (k6/lib/open.js), so that sent and dropped may exceed due."""
    explained_ms: Amount | None = None
    """The most by which dropped iterations make those after them look late. None in a summary that
    predates it, of even arrivals."""


class RateSettings(MixSettings):
    """With the rate, and the seconds for which it continues after the window."""

    rate_rps: Rate
    arrivals: Spacing = "even"
    tail_s: Count


class OpenDocument(Document):
    """workloads/open.js: requests arrive at one rate."""

    workload: Literal["open"]
    settings: RateSettings
    arrivals: Arrivals
    generator_lag: Trend
    phases: ArrivedPhases
    window: Bounds
    halves: ArrivedHalves
    endpoints: dict[Endpoint, Arrived]
    requests: dict[str, Arrived] = Field(default_factory=dict)
    """Of a guest: the requests of its journey, instead of endpoints."""

    @model_validator(mode="after")
    def _parts_add_up(self) -> "OpenDocument":
        parts = parts_of(self.settings, self.endpoints, self.requests)
        phases, settings, arrivals = self.phases, self.settings, self.arrivals
        measured = phases.measure.requests.count
        require_sum(measured, "endpoints", parts)
        require_sum(measured, "halves", (self.halves.first, self.halves.second))
        sent = measured + phases.warmup.requests.count + phases.cooldown.requests.count
        require_answers(settings, self.answers, sent)
        if sent > arrivals.due:
            raise ValueError(f"{sent} requests are more than the {arrivals.due} that were due")
        due = settings.rate_rps * settings.measure_s
        in_time = not arrivals.dropped and self.generator_lag.max <= LATE_MAX_MS
        if in_time and measured != due:
            raise ValueError(f"the window holds {measured} of the {due} requests due within it")
        return self

    def summary(self) -> Summary:
        """One window. With dropped iterations it is unknown when a request was due: latency and the
        generator's lag are undefined."""
        dropped, seconds, measure = (
            self.arrivals.dropped,
            self.settings.measure_s,
            self.phases.measure,
        )
        # k6 starts the clock of drawn arrivals after the scenario's start, as a ladder's.
        origin_ms = self.generator_lag.min if self.settings.arrivals == "poisson" else 0.0
        explained_ms = self.arrivals.explained_ms
        if explained_ms is None:
            explained_ms = dropped * 1e3 / self.settings.rate_rps
        counts = self.halves.first.requests.count, self.halves.second.requests.count

        def latency(trend: Trend) -> LatencySummary:
            return LatencySummary(count=trend.count) if dropped else trend.latency(origin_ms)

        return Summary(
            **self.common(),
            warmup_s=self.settings.warmup_s,
            window=Window(
                seconds=seconds,
                requests=measure.requests.count,
                errors=measure.errors.count,
                timeouts=measure.timed_out,
                throughput_rps=measure.requests.count / seconds,
                latency=latency(measure.latency),
                halves=halves_rps(counts, seconds),
                offered_rps=self.settings.rate_rps,
                dropped_iterations=dropped,
                generator_lag_p99_ms=None if dropped else lag_p99(measure.generator_lag, origin_ms),
                generator_lag_max_ms=unexplained_lag(self.generator_lag, explained_ms, origin_ms),
                service_latency=measure.service_time.latency(),
            ),
            endpoints={
                endpoint: cut.in_mix(seconds, latency(cut.latency))
                for endpoint, cut in self.endpoints.items()
            },
            requests={
                name: cut.in_mix(seconds, latency(cut.latency))
                for name, cut in self.requests.items()
            },
            bounds=(self.window,),
        )


class LadderSettings(MixSettings):
    """With the rates and the limits of each. `warmup_s` and `measure_s` are each step's."""

    steps_rps: Annotated[tuple[Rate, ...], Field(min_length=1)]
    pause_s: Count
    """After each step."""
    objective_ms: Amount
    error_rate_max: Amount


class StepCut(Answered):
    """One step that was reached: its window, and its warm-up and window together."""

    rate_rps: Rate
    window: Bounds
    generator_lag: Trend
    """In warm-up and window."""
    dropped_so_far: Count
    """Dropped iterations from the load's start to this step's end."""

    def step(self, dropped_before: int, seconds: int, origin_ms: float) -> Step:
        """The step, by itself. With an iteration dropped in it or before it, it is unknown when its
        requests were due."""
        known = self.dropped_so_far == 0
        latency = self.latency.latency(origin_ms)
        return Step(
            offered_rps=self.rate_rps,
            seconds=seconds,
            requests=self.requests.count,
            errors=self.errors.count,
            timeouts=self.timed_out,
            dropped_iterations=self.dropped_so_far - dropped_before,
            throughput_rps=self.requests.count / seconds,
            latency=latency if known else LatencySummary(count=latency.count),
            generator_lag_p99_ms=lag_p99(self.generator_lag, origin_ms) if known else None,
            # Iterations dropped before it had another period: the lag that they explain is unknown.
            generator_lag_max_ms=None
            if dropped_before
            else unexplained_lag(
                self.generator_lag, self.dropped_so_far * 1e3 / self.rate_rps, origin_ms
            ),
        )


class LadderPhases(Model):
    """Over all steps."""

    warmup: Answered
    measure: Answered
    cooldown: Answered


class CapacityDocument(Document):
    """workloads/capacity.js: requests arrive at rates that rise until a step exceeds a limit."""

    workload: Literal["capacity"]
    settings: LadderSettings
    generator_lag: Trend
    """Of the whole load. k6 starts to count its time after the scenario's start: the least lag is
    that offset, and every latency and lag of this document is too long by it."""
    phases: LadderPhases
    steps: Annotated[tuple[StepCut, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _parts_add_up(self) -> "CapacityDocument":
        settings, phases, steps = self.settings, self.phases, self.steps
        measured = phases.measure.requests.count
        require_sum(measured, "steps", steps)
        sent = measured + phases.warmup.requests.count + phases.cooldown.requests.count
        require_answers(settings, self.answers, sent)
        if tuple(step.rate_rps for step in steps) != settings.steps_rps[: len(steps)]:
            raise ValueError(f"steps are not the first {len(steps)} of settings.steps_rps")
        for before, step in pairwise(steps):
            if step.dropped_so_far < before.dropped_so_far:
                raise ValueError(f"fewer dropped by step {step.rate_rps} than before it")
        for step in steps:
            self._require_window(step)
        return self

    def _require_window(self, step: StepCut) -> None:
        """Raises ValueError unless a step's window has its length, and every request due in it."""
        seconds = self.settings.measure_s
        if step.window.end_epoch_ms - step.window.start_epoch_ms != 1000 * seconds:
            raise ValueError(f"step {step.rate_rps}'s window is not {seconds} s")
        due = step.rate_rps * seconds
        in_time = not step.dropped_so_far and self.generator_lag.max <= LATE_MAX_MS
        if in_time and step.requests.count != due:
            raise ValueError(
                f"step {step.rate_rps} holds {step.requests.count} of the {due} requests due "
                "within it"
            )

    def summary(self) -> Summary:
        """The steps that were reached. Together they have a number of requests and of errors, and
        no rate or latency: these would be of a mix of rates.

        Raises K6Error for a ladder that ended before its last step though every step held.
        """
        settings, measure = self.settings, self.phases.measure
        seconds = settings.measure_s
        dropped = (0, *(step.dropped_so_far for step in self.steps))
        steps = tuple(
            cut.step(before, seconds, self.generator_lag.min)
            for cut, before in zip(self.steps, dropped, strict=False)
        )
        judged = Objective(settings.objective_ms, settings.error_rate_max)
        if capacity_of(steps, judged).is_lower_bound and len(steps) < len(settings.steps_rps):
            raise K6Error(
                f"k6 stopped the ladder after {steps[-1].offered_rps:g}/s, "
                "although every step held",
                "Read k6's log in the trial's folder for the cause.",
            )
        return Summary(
            **self.common(),
            warmup_s=settings.warmup_s,
            window=Window(
                seconds=seconds * len(steps),
                requests=measure.requests.count,
                errors=measure.errors.count,
                throughput_rps=None,
                latency=LatencySummary(count=measure.latency.count),
            ),
            steps=steps,
            step_bounds=tuple(cut.window for cut in self.steps),
        )


def lag_p99(lag: Trend, origin_ms: float = 0.0) -> float | None:
    """p99 of the generator's lag, milliseconds; None without a request. It is compared with a limit
    only, so that it needs no minimum of observations."""
    return lag.p99 - origin_ms if lag.count else None


def unexplained_lag(lag: Trend, explained_ms: float, origin_ms: float = 0.0) -> float | None:
    """Largest lag that dropped iterations do not explain, milliseconds: a lower bound of the
    generator's delay.

    k6 gives a dropped iteration no number, so that each makes all after it look late by one gap
    between arrivals. None without a request.
    """
    if not lag.count:
        return None
    return max(0.0, lag.max - origin_ms - explained_ms)
