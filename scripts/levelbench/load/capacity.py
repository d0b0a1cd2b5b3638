"""How much a contestant can take: the highest rate of a ladder that it held."""

from collections.abc import Sequence
from dataclasses import dataclass

from levelbench.model.measurement import Step


@dataclass(frozen=True)
class Capacity:
    """What a ladder of rates says."""

    rps: float | None
    """Requests a second of the highest step that held, with all below it; None where the first did
    not hold."""
    is_lower_bound: bool
    """Whether every step held, so that the ladder ended before the capacity was exceeded."""


def capacity_rps(steps: Sequence[Step], objective_ms: float, error_rate_max: float) -> Capacity:
    """The capacity by a ladder's steps, in their order.

    A step holds when no iteration was dropped in it, no more of its answers were wrong than
    `error_rate_max`, and its p95 latency from the intended start is within `objective_ms`. A p95
    that is undefined, for want of answers, holds nothing. Raises ValueError without a step.
    """
    if not steps:
        raise ValueError("a ladder has at least one step")
    held = None
    for step in steps:
        if not _holds(step, objective_ms, error_rate_max):
            return Capacity(held, is_lower_bound=False)
        held = step.offered_rps
    return Capacity(held, is_lower_bound=True)


def _holds(step: Step, objective_ms: float, error_rate_max: float) -> bool:
    p95_ms = step.latency.p95_ms
    return (
        step.dropped_iterations == 0
        and step.errors <= error_rate_max * step.requests
        and p95_ms is not None
        and p95_ms <= objective_ms
    )
