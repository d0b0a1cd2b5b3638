"""Whose turn it is: several contestants are up together, and one at a time is asked.

A machine's speed drifts within seconds to a minute. Windows that follow each other as a whole each
meet another machine; cut into slices that alternate, they meet the same one.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass

from levelbench.model.config import Turns


@dataclass(frozen=True)
class Turn:
    """A time within which one contestant is asked; seconds since the load's start."""

    start_s: float
    measure_s: float
    """When the window in it begins; its end where there is none."""
    end_s: float
    """When its window ends."""
    until_s: float
    """When the next contestant's turn begins."""


def settle_s(limits: Turns, vus: int, slowest_rps: float | None) -> float:
    """How long before its window a slice begins, by the least throughput seen so far."""
    if not slowest_rps:
        return limits.settle_first_s
    return max(limits.settle_s, limits.settle_answers * vus / slowest_rps)


def turn_s(slice_s: float, settle_s: float, tail_s: float) -> float:
    """How long a slice takes with what is before and after its window."""
    return settle_s + slice_s + tail_s


def plan(
    contestants: int,
    warmup_s: float,
    slice_s: float,
    rounds: int,
    seed: int,
    settle_s: float,
    tail_s: float,
) -> tuple[tuple[Turn, ...], ...]:
    """The turns of each contestant: its warm-up, then one slice in each round.

    The order within a round is drawn anew each time, so that no contestant always follows the same
    one, and drift favours none.
    """
    draw = random.Random(seed)
    turns: list[list[Turn]] = [[] for _ in range(contestants)]
    now_s = 0.0
    for number in _order(contestants, draw):
        turns[number].append(Turn(now_s, now_s + warmup_s, now_s + warmup_s, now_s + warmup_s))
        now_s += warmup_s
    for _ in range(rounds):
        for number in _order(contestants, draw):
            measure_s = now_s + settle_s
            until_s = now_s + turn_s(slice_s, settle_s, tail_s)
            turns[number].append(Turn(now_s, measure_s, measure_s + slice_s, until_s))
            now_s = until_s
    return tuple(tuple(own) for own in turns)


def _order(contestants: int, draw: random.Random) -> Sequence[int]:
    return draw.sample(range(contestants), contestants)
