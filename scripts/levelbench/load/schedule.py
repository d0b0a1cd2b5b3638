"""Schedule of contestants that take turns: several are up together, and one at a time gets load.

A machine's speed drifts within seconds to a minute (docs/method.md, Taking turns). Whole windows,
one after the other, each meet different conditions; slices that alternate meet the same ones.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass

from levelbench.model.config import Turns


@dataclass(frozen=True)
class Turn:
    """A time in which one contestant gets load; seconds since the load's start."""

    start_s: float
    measure_s: float
    """Start of its window; `end_s` where there is none."""
    end_s: float
    """End of its window."""
    until_s: float
    """Start of the next contestant's turn."""


def settle_s(limits: Turns, vus: int, slowest_rps: float | None) -> float:
    """Seconds from a slice's start to its window, by the lowest throughput measured so far."""
    if not slowest_rps:
        return limits.settle_first_s
    return max(limits.settle_s, limits.settle_answers * vus / slowest_rps)


def turn_s(slice_s: float, settle_s: float, tail_s: float) -> float:
    """Seconds of a turn: a slice's window, and the time before and after it."""
    return settle_s + slice_s + tail_s


def alternate(
    contestants: int,
    warmup_s: float,
    slice_s: float,
    rounds: int,
    seed: int,
    settle_s: float,
    tail_s: float,
) -> tuple[tuple[Turn, ...], ...]:
    """The turns of each contestant: its warm-up, then one slice per round.

    The order is drawn for each round, so that no contestant always follows the same one, and drift
    favours none.
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
