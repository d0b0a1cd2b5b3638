"""k6 summary documents of closed loads (k6/lib/closed_summary.js): all endpoints mixed in one
window, or each in its own."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from levelbench.load.document import (
    Answered,
    Document,
    MixSettings,
    Settings,
    TimeCounter,
    halves_rps,
    parts_of,
    require_all,
    require_sum,
)
from levelbench.load.summary import Bounds, Summary
from levelbench.model.base import Amount, Count, Model
from levelbench.model.measurement import EndpointWindow, LatencySummary, Window
from levelbench.model.vocabulary import ENDPOINTS, Endpoint


class Cut(Answered):
    """Responses of one phase, half or endpoint of a closed load."""

    busy_ms: TimeCounter
    vu_ms: TimeCounter

    def busy_share(self) -> float | None:
        """Share of the VUs' own time between two responses that they waited for the server.

        Both sums are over the same responses, so that the window's edges bias nothing; vu_ms is
        exact to 1 ms per VU. None where no VU had a second response.
        """
        return self.busy_ms.count / self.vu_ms.count if self.vu_ms.count else None


class Phases(Model):
    """Over all slots."""

    warmup: Cut
    measure: Cut
    cooldown: Cut


class Halves(Model):
    """Of one window."""

    first: Cut = Field(alias="1")
    second: Cut = Field(alias="2")


class HalfCounts(Model):
    """Requests in each half of an endpoint's own window."""

    first: Count = Field(alias="1")
    second: Count = Field(alias="2")


class CutAlone(Cut):
    """One endpoint within a window of its own."""

    window: Bounds
    halves: HalfCounts
    disturbances: Count
    """Responses to another endpoint's requests that were completed within this window."""

    @model_validator(mode="after")
    def _halves_are_the_whole(self) -> "CutAlone":
        total = self.halves.first + self.halves.second
        if total != self.requests.count:
            raise ValueError(f"halves hold {total} of {self.requests.count} requests")
        return self

    def in_own_window(self, seconds: int) -> EndpointWindow:
        """The endpoint within its own window."""
        return EndpointWindow(
            requests=self.requests.count,
            errors=self.errors.count,
            throughput_rps=self.requests.count / seconds,
            latency=self.latency.latency(),
            seconds=seconds,
            halves=halves_rps((self.halves.first, self.halves.second), seconds),
            vus_busy_share=self.busy_share(),
            disturbances=self.disturbances,
        )


class AloneSettings(Settings):
    """With the pause after each endpoint's slot, seconds."""

    pause_s: dict[Endpoint, Count]


class _ClosedLoad(Document):
    """Fields of the documents of all closed loads."""

    phases: Phases
    timeline: tuple[Count, ...]

    def require_seconds(self, seconds: int) -> None:
        """Raises ValueError unless the timeline has every second."""
        if len(self.timeline) != seconds:
            raise ValueError(f"timeline has {len(self.timeline)} of {seconds} seconds")


class TurnsTaken(Model):
    """Of a contestant that took turns with others."""

    generator_start_epoch_ms: Amount | None = None
    """None since a gate opens the turns. A document that has it has a timeline of every second
    since the first turn of all contestants."""
    slices: Annotated[tuple[Bounds, ...], Field(min_length=1)]
    """Of the one window."""
    disturbances: Count | None = None
    """Responses so late that they overlapped the next contestant's window; None likewise, as there
    can be none."""


class ClosedDocument(_ClosedLoad):
    """workloads/closed.js: all endpoints in one window, which may be cut into slices."""

    workload: Literal["closed"]
    settings: MixSettings
    window: Bounds
    turns: TurnsTaken | None = None
    """None where no turns were taken."""
    halves: Halves
    endpoints: dict[Endpoint, Cut]
    requests: dict[str, Cut] = Field(default_factory=dict)
    """Of a guest: the requests of its journey, instead of endpoints."""

    @property
    def slices(self) -> tuple[Bounds, ...]:
        """Parts of the window; one where no turns were taken."""
        return self.turns.slices if self.turns else (self.window,)

    @model_validator(mode="after")
    def _parts_add_up(self) -> "ClosedDocument":
        parts = parts_of(self.settings, self.endpoints, self.requests)
        measured_ms = sum(own.end_epoch_ms - own.start_epoch_ms for own in self.slices)
        if measured_ms != 1000 * self.settings.measure_s:
            raise ValueError(
                f"the window is {measured_ms} ms long, not {self.settings.measure_s} s"
            )
        measured = self.phases.measure.requests.count
        require_sum(measured, "endpoints", parts)
        require_sum(measured, "halves", (self.halves.first, self.halves.second))
        if self.turns is None:
            self.require_seconds(self.settings.warmup_s + self.settings.measure_s)
        elif self.turns.generator_start_epoch_ms is None:
            slice_s = self.settings.measure_s // len(self.slices)
            self.require_seconds(self.settings.warmup_s + slice_s * len(self.slices))
        elif self.turns.generator_start_epoch_ms > self.window.start_epoch_ms:
            raise ValueError("the load generator started after its first slice began")
        return self

    def summary(self) -> Summary:
        """One window of all endpoints."""
        seconds, measure, halves = self.settings.measure_s, self.phases.measure, self.halves
        counts = halves.first.requests.count, halves.second.requests.count
        return Summary(
            **self.common(),
            warmup_s=self.settings.warmup_s,
            window=Window(
                seconds=seconds,
                requests=measure.requests.count,
                errors=measure.errors.count,
                throughput_rps=measure.requests.count / seconds,
                latency=measure.latency.latency(),
                halves=halves_rps(counts, seconds),
                vus_busy_share=measure.busy_share(),
                slices=len(self.slices) if self.turns else None,
                disturbances=self.turns.disturbances if self.turns else None,
            ),
            endpoints={
                endpoint: cut.in_mix(seconds, cut.latency.latency())
                for endpoint, cut in self.endpoints.items()
            },
            requests={
                name: cut.in_mix(seconds, cut.latency.latency())
                for name, cut in self.requests.items()
            },
            bounds=self.slices,
        )


class EndpointsDocument(_ClosedLoad):
    """workloads/endpoints.js: each endpoint in a window of its own, one after the other."""

    workload: Literal["endpoints"]
    settings: AloneSettings
    endpoints: dict[Endpoint, CutAlone]

    @model_validator(mode="after")
    def _parts_add_up(self) -> "EndpointsDocument":
        require_all(self.endpoints)
        settings = self.settings
        end_ms = begin_ms = self.scenario_start_epoch_ms
        for endpoint, cut in self.endpoints.items():
            start_ms = begin_ms + 1000 * settings.warmup_s
            end_ms = start_ms + 1000 * settings.measure_s
            if (cut.window.start_epoch_ms, cut.window.end_epoch_ms) != (start_ms, end_ms):
                raise ValueError(f"{endpoint}'s window is not {start_ms} to {end_ms}")
            begin_ms = end_ms + 1000 * settings.pause_s[endpoint]
        require_sum(self.phases.measure.requests.count, "endpoints", self.endpoints.values())
        self.require_seconds((end_ms - self.scenario_start_epoch_ms) // 1000)
        return self

    def summary(self) -> Summary:
        """A window per endpoint. Together they have a number of requests and of errors, and no rate
        or latency: these would be of a mix that the contestant's own speed determines."""
        seconds, measure = self.settings.measure_s, self.phases.measure
        return Summary(
            **self.common(),
            warmup_s=self.settings.warmup_s,
            window=Window(
                seconds=seconds * len(ENDPOINTS),
                requests=measure.requests.count,
                errors=measure.errors.count,
                throughput_rps=None,
                latency=LatencySummary(count=measure.latency.count),
                vus_busy_share=measure.busy_share(),
            ),
            endpoints={name: cut.in_own_window(seconds) for name, cut in self.endpoints.items()},
            endpoint_bounds={name: cut.window for name, cut in self.endpoints.items()},
        )
