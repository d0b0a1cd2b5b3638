"""Schedule of contestants that take turns: several are up together, and one at a time gets load.

A machine's speed drifts within seconds to a minute (docs/method.md, Taking turns). Whole windows,
one after the other, each meet different conditions; slices that alternate meet the same ones.
"""

import random
from dataclasses import dataclass
from itertools import pairwise


@dataclass(frozen=True)
class Round:
    """One turn of each contestant."""

    order: tuple[int, ...]
    """Contestants by number, from 0 on."""
    window_ms: int
    """Of a slice; 0 in the round of warm-ups."""


def turn_s(slice_s: float, settle_s: float, tail_s: float) -> float:
    """Estimated seconds of a turn: a slice's window, the time before and after it, and the requests
    in flight at its end. These take about as long as the time before the window: an answer of each
    user (lab/gate.py)."""
    return settle_s + slice_s + tail_s + settle_s


def alternate(contestants: int, measure_s: float, slices: int, seed: int) -> tuple[Round, ...]:
    """The warm-up of each contestant, then one slice of each per round.

    The order is drawn for each round, so that no contestant always follows the same one, and drift
    favours none.
    """
    draw = random.Random(seed)
    ends_ms = [round(1e3 * measure_s * number / slices) for number in range(slices + 1)]
    windows_ms = [0, *(end - start for start, end in pairwise(ends_ms))]
    return tuple(
        Round(tuple(draw.sample(range(contestants), contestants)), window_ms)
        for window_ms in windows_ms
    )
