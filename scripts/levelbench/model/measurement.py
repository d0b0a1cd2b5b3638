"""Measurements of the load generator in a trial: window, endpoints, steps of a ladder."""

import math

from pydantic import Field

from levelbench.model.base import Amount, Count, Model
from levelbench.model.bracket import Bracket
from levelbench.model.vocabulary import Part


class LatencySummary(Model):
    """Latency over the expected responses of one window, computed from all of them. Under an open
    load, requests that timed out are included, with the time from when they were due until then.

    A percentile is None when fewer than 20 observations lie above it
    (`percentile.required_observations`).
    """

    count: Count
    mean_ms: Amount | None = None
    p50_ms: Amount | None = None
    p90_ms: Amount | None = None
    p95_ms: Amount | None = None
    p99_ms: Amount | None = None
    p999_ms: Amount | None = None
    max_ms: Amount | None = None


class EndpointWindow(Model):
    """One endpoint: within the measured window of a mix, or in a window of its own."""

    requests: Count
    errors: Count
    throughput_rps: Amount | None
    latency: LatencySummary
    statements_per_request: Amount | None = None
    seconds: Amount | None = None
    """Length of its own window. None, like all that follows, within a mix."""
    halves: tuple[Amount, Amount] | None = None
    vus_busy_share: Amount | None = None
    disturbances: Count | None = None
    """Answers to another endpoint's requests that were completed within this window."""

    def with_statements(self, per_request: float | None) -> "EndpointWindow":
        """The same window with its data statements per request."""
        return EndpointWindow(**{**dict(self), "statements_per_request": per_request})


class Window(Model):
    """The measured window, warm-up and drain outside it; or all endpoints' own windows, or a
    ladder's steps, together, which have no throughput and no latency in common."""

    seconds: Amount
    requests: Count
    errors: Count
    throughput_rps: Amount | None
    latency: LatencySummary
    halves: tuple[Amount, Amount] | None = None
    """Throughput of the first and of the second half, in requests/s."""
    vus_busy_share: Amount | None = None
    """Share of the time between two answers that the VUs waited for the server."""
    slices: Count | None = None
    """Number of slices, where contestants take turns; None otherwise."""
    disturbances: Count | None = None
    """Answers so late that they fell into another contestant's slice. None in trials since a gate
    opens the turns: there are none."""
    offered_rps: Amount | None = None
    """The rate of an open load. None, like all that follows, under any other load."""
    dropped_iterations: Count | None = None
    """Requests that were due and not sent, since every VU was still waiting: of the whole load,
    warm-up included, since from the first one on it is not known what was due when. Latency and
    the generator's lag are then undefined."""
    timeouts: Count | None = None
    """Errors that are requests without an answer before their timeout. They are part of the
    latencies. None in trials recorded before it was counted."""
    generator_lag_p99_ms: Amount | None = None
    """From when a request was due to when it was sent. Part of its latency."""
    generator_lag_max_ms: Amount | None = None
    """Of the whole load; with dropped iterations, what of it they do not explain: a lower bound."""
    service_latency: LatencySummary | None = None
    """From when a request was sent: latency without the generator's lag."""


class Step(Model):
    """One rate of a ladder."""

    offered_rps: Amount
    seconds: Amount
    """Of its window, after a warm-up at the same rate."""
    requests: Count
    errors: Count
    dropped_iterations: Count
    """In its warm-up and window. Latency and the generator's lag are then undefined."""
    timeouts: Count | None = None
    """As of a window."""
    throughput_rps: Amount
    latency: LatencySummary
    """From when a request was due."""
    generator_lag_p99_ms: Amount | None = None
    """In its warm-up and window, as the next."""
    generator_lag_max_ms: Amount | None = None
    """With dropped iterations, what of it they do not explain: a lower bound."""


class UserStep(Model):
    """One number of users with think time, of a ladder."""

    users: Count
    seconds: Amount
    """Of its window, after a warm-up with the same users."""
    requests: Count
    errors: Count
    throughput_rps: Amount
    latency: LatencySummary
    response_ms: Amount | None
    """Time that all users waited for answers within the window, per request of it."""
    think_ms: Amount | None
    """Time that they thought within it, as drawn, per request."""

    @property
    def by_littles_law(self) -> float | None:
        """Users, as throughput x (response + think time). None without a request."""
        if self.response_ms is None or self.think_ms is None:
            return None
        return self.throughput_rps * (self.response_ms + self.think_ms) / 1e3


class DisturbedPart(Model):
    """Requests that began in one part of a disturbed load, over all its cycles."""

    seconds: Amount
    due: Count
    """At the rate of the part."""
    requests: Count
    errors: Count
    timeouts: Count
    """Errors that are requests without a response before their timeout; they have a latency."""
    latency: LatencySummary
    """From when a request was sent."""

    @property
    def answered(self) -> int:
        return self.requests - self.errors

    @property
    def refused(self) -> int:
        """Answered with an error, or no connection, before the timeout."""
        return self.errors - self.timeouts

    @property
    def not_sent(self) -> int:
        """Due while every user waited for an answer."""
        return max(0, self.due - self.requests)


class Disturbed(Model):
    """A load that something disturbs: logins at once, or more requests than can be answered."""

    rates_rps: tuple[Count, Count, Count]
    """Before, during and after."""
    others: dict[Part, DisturbedPart]
    """Everybody but those that disturb."""
    logins: DisturbedPart | None = None
    """Of a load that they disturb."""
    health: dict[Part, DisturbedPart] = Field(default_factory=dict)
    """/healthz, in the same load."""
    recovered_s: tuple[Amount | None, ...]
    """Of each cycle: seconds until p95 was back; None where it was not."""
    watched_s: Amount
    """For which that was looked for."""

    @property
    def timeouts(self) -> int:
        """Requests without a response: the contestant may have done their work."""
        parts = (*self.others.values(), *([self.logins] if self.logins else []))
        return sum(part.timeouts for part in parts)

    @property
    def recovery(self) -> float:
        """Mean over cycles; a lower bound where one did not recover."""
        known = [self.watched_s if found is None else found for found in self.recovered_s]
        mean = sum(known) / len(known)
        return Bracket(mean, math.inf) if None in self.recovered_s else mean
