"""Capacity of a contestant: the highest rate of a ladder that held."""

from collections.abc import Sequence
from dataclasses import dataclass

from levelbench.model.measurement import Step


@dataclass(frozen=True)
class Capacity:
    """Result of a ladder of rates."""

    rps: float | None
    """Requests per second of the highest step that held, with all below it; None where the first
    step did not hold."""
    is_lower_bound: bool
    """Whether every step held: the ladder ended before it exceeded the capacity."""


def capacity_rps(steps: Sequence[Step], objective_ms: float, error_rate_max: float) -> Capacity:
    """Capacity from a ladder's steps, in ascending order.

    A step holds if it has no dropped iterations, a share of errors of at most `error_rate_max`, and
    a p95 latency from the intended start of at most `objective_ms`. A step with too few responses
    for a p95 does not hold. Raises ValueError without a step.
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
