"""Capacity: the objective that a rate must meet, and the rate up to which a ladder meets it."""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from levelbench.errors import LabError
from levelbench.model.measurement import LatencySummary, Step

WRITTEN = re.compile(r"p(95|99)<=?(\d+)ms|errors<=?(\d+(?:\.\d+)?)%")
REMEDY = "Write it with quotes: OBJECTIVE='p95<200ms', 'p99<500ms' or 'errors<0.1%'."


@dataclass(frozen=True)
class Objective:
    """What a rate must meet: no dropped request, few errors, and a percentile within a limit."""

    limit_ms: float | None
    """None where the objective is about errors alone."""
    error_rate_max: float
    percentile: Literal[95, 99] = 95

    @classmethod
    def parse(cls, text: str, error_rate_max: float = 0.001) -> "Objective":
        """Parse `p95<200ms`. `error_rate_max`: above it a trial fails, whatever the objective.

        Raises LabError for a text that is no objective, and for one that no rate can meet.
        """
        found = WRITTEN.fullmatch(re.sub(r"\s", "", text))
        if found is None:
            raise LabError(f"OBJECTIVE {text!r} is not an objective", REMEDY)
        if found[1]:
            if int(found[2]) == 0:
                raise LabError(f"OBJECTIVE {text!r}: no rate has a latency of 0 ms", REMEDY)
            return cls(float(found[2]), error_rate_max, 99 if found[1] == "99" else 95)
        limit = float(found[3]) / 100
        if limit > error_rate_max:
            raise LabError(
                f"OBJECTIVE {text!r} allows more than {error_rate_max:.1%} of errors, with which a "
                "measurement is failed",
                f"Choose at most {error_rate_max:.1%}, or raise error_rate_max in levelbench.toml.",
            )
        return cls(None, limit)

    def __str__(self) -> str:
        """As it is written; `parse` reads it."""
        if self.limit_ms is None:
            return f"errors<{100 * self.error_rate_max:g}%"
        return f"p{self.percentile}<{self.limit_ms:g}ms"

    @property
    def words(self) -> str:
        """For a sentence: requests/s `with a p95 latency of at most 200 ms`."""
        if self.limit_ms is None:
            return f"with at most {100 * self.error_rate_max:g}% of errors"
        return f"with a p{self.percentile} latency of at most {self.limit_ms:g} ms"

    def latency_ms(self, latency: LatencySummary) -> float | None:
        """The percentile that the limit is about."""
        return latency.p99_ms if self.percentile == 99 else latency.p95_ms

    def met(self, step: Step) -> bool:
        """Whether a step met it. One with too few responses for the percentile did not."""
        if step.dropped_iterations or step.errors > self.error_rate_max * step.requests:
            return False
        latency_ms = self.latency_ms(step.latency)
        return self.limit_ms is None or (latency_ms is not None and latency_ms <= self.limit_ms)


@dataclass(frozen=True)
class Capacity:
    """Result of a ladder of rates."""

    rps: float | None
    """Requests per second of the highest step that held, with all below it; None where the first
    step did not hold."""
    is_lower_bound: bool
    """Whether every step held: the ladder ended before it exceeded the capacity."""
    crossing_rps: float | None = None
    """The rate between the last step that held and the next at which latency reaches the limit;
    None where a latency is unknown, as with dropped requests."""


def capacity_of(steps: Sequence[Step], objective: Objective) -> Capacity:
    """Capacity from a ladder's steps, in ascending order. Raises ValueError without a step."""
    if not steps:
        raise ValueError("a ladder has at least one step")
    if not objective.met(steps[0]):
        return Capacity(None, is_lower_bound=False)
    for held, next_one in pairwise(steps):
        if not objective.met(next_one):
            crossing = _crossing_rps(held, next_one, objective)
            return Capacity(held.offered_rps, is_lower_bound=False, crossing_rps=crossing)
    return Capacity(steps[-1].offered_rps, is_lower_bound=True)


def _crossing_rps(held: Step, failed: Step, objective: Objective) -> float | None:
    """Where the line through both latencies reaches the limit, on logarithms of rate and latency.
    Simulated: unbiased within 1% (docs/statistics.md, Capacity)."""
    limit, low, high = (
        objective.limit_ms,
        objective.latency_ms(held.latency),
        objective.latency_ms(failed.latency),
    )
    if limit is None or not low or high is None or high <= limit:
        return None
    share = math.log(limit / low) / math.log(high / low)
    step = math.log(failed.offered_rps / held.offered_rps)
    return held.offered_rps * math.exp(share * step)
