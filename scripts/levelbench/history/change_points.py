"""Change points of a series of nights: where its level shifts, found by E-divisive means.

A series is split where two halves differ most, as long as Student's t test finds a difference
(Matteson and James, Journal of the American Statistical Association 109, 2014; the t test in place
of permutations: Fleming et al., Hunter, ICPE 2023).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import stats

Logs = npt.NDArray[np.float64]

BEFORE_MIN, AFTER_MIN = 5, 3
"""Nights on each side of a change."""
SAME_WITHIN = 3
"""Nights by which the place of one change may differ from night to night."""


@dataclass(frozen=True)
class Limits:
    """What counts as a change of a metric; docs/history.md has the error rates."""

    size_min: float
    """The smallest change, as a share."""
    p_max: float = 0.001
    """Of the t test, after Bonferroni's correction for the number of places."""


INSTRUCTIONS = Limits(size_min=0.01)
RATIO = Limits(size_min=0.03)


@dataclass(frozen=True)
class Change:
    """A level shift."""

    first: int
    """The first night of the new level, from 0 on."""
    ratio: float
    """New level / old level, of geometric means."""
    low: float
    high: float
    """95% interval of the ratio (Student's t)."""


@dataclass(frozen=True)
class Alert:
    """A change as it was first seen."""

    night: int
    """After which night, from 0 on."""
    change: Change


def change_points(values: Sequence[float], limits: Limits) -> tuple[Change, ...]:
    """Changes in a series of positive values, in their order.

    The levels compared are those from the change before to the change after. Raises ValueError for
    a value that is not positive.
    """
    if any(not value > 0 or math.isinf(value) for value in values):
        raise ValueError("a series has positive values only")
    logs = np.log(np.asarray(values, dtype=float))
    places = [0, *_splits(logs, 0, len(logs), limits), len(logs)]
    found = (
        _change(logs, start, place, end)
        for start, place, end in zip(places, places[1:], places[2:], strict=False)
    )
    return tuple(change for change in found if _is_large(math.log(change.ratio), limits))


def alerts(values: Sequence[float], limits: Limits) -> tuple[Alert, ...]:
    """Each change once, after the night in which it is first found.

    Every night is judged by what was known then; a change that is found again, a few nights off, is
    the same one.
    """
    found: list[Alert] = []
    for night in range(BEFORE_MIN + AFTER_MIN - 1, len(values)):
        # What lies before the last known change was judged on earlier nights.
        start = max((alert.change.first for alert in found), default=0)
        for change in change_points(values[start : night + 1], limits):
            first = start + change.first
            if all(abs(first - known.change.first) > SAME_WITHIN for known in found):
                found.append(Alert(night, Change(first, change.ratio, change.low, change.high)))
    return tuple(found)


def _splits(logs: Logs, start: int, end: int, limits: Limits) -> list[int]:
    """Places within a segment at which it is split, in their order."""
    place = _best(logs[start:end], limits)
    if place is None:
        return []
    middle = start + place
    return [
        *_splits(logs, start, middle, limits),
        middle,
        *_splits(logs, middle, end, limits),
    ]


def _best(logs: Logs, limits: Limits) -> int | None:
    """Where the two parts differ most; None where they do not differ."""
    count = len(logs)
    places = np.arange(BEFORE_MIN, count - AFTER_MIN + 1)
    if not len(places):
        return None
    sums = np.cumsum(logs)[places - 1]
    squares = float(np.sum(logs**2))
    before, after = sums / places, (float(np.sum(logs)) - sums) / (count - places)
    within = squares - places * before**2 - (count - places) * after**2
    variance = np.maximum(within, 0) / (count - 2) * (1 / places + 1 / (count - places))
    with np.errstate(divide="ignore", invalid="ignore"):
        t = np.abs(after - before) / np.sqrt(variance)
    t = np.where(np.isnan(t), 0.0, t)
    best = int(np.argmax(t))
    p = 2 * stats.t.sf(t[best], count - 2) * len(places)
    if p > limits.p_max or not _is_large(float(after[best] - before[best]), limits):
        return None
    return int(places[best])


def _is_large(shift: float, limits: Limits) -> bool:
    return abs(shift) >= math.log1p(limits.size_min)


def _change(logs: Logs, start: int, place: int, end: int) -> Change:
    before, after = logs[start:place], logs[place:end]
    shift = float(after.mean() - before.mean())
    freedom = len(before) + len(after) - 2
    pooled = (before.var() * len(before) + after.var() * len(after)) / freedom
    error = math.sqrt(pooled * (1 / len(before) + 1 / len(after)))
    reach = float(stats.t.ppf(0.975, freedom)) * error
    return Change(place, math.exp(shift), math.exp(shift - reach), math.exp(shift + reach))
