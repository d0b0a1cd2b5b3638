"""Decide the verdict on a claim from one comparison, by the rules of article.toml."""

from collections.abc import Iterable, Mapping
from itertools import combinations
from typing import Literal

from levelbench.analysis.claims.article import TOLERANCE, Pair, Verdict
from levelbench.analysis.claims.views import Reading
from levelbench.model.estimate import Interval

STRENGTH: tuple[Verdict, ...] = (
    "opposite",
    "does_not_hold",
    "direction_only",
    "undecided",
    "not_measured",
    "holds",
)
"""From the weakest. An open part makes a claim that holds elsewhere open, and rescues none."""


def of_ratio(pair: Pair, reading: Reading) -> Verdict:
    """Verdict on a claimed ratio: confirmed, refuted, or undecided at this precision.

    Without a claimed size, only the direction is judged.
    """
    interval = reading.deciding
    if interval is None:
        return "not_measured"
    if pair.bounds is None:
        if reading.shown:
            return "holds" if reading.shown == pair.direction else "opposite"
        return "does_not_hold" if reading.outcome == "equivalent" else "undecided"
    size = _size(interval, *pair.bounds)
    if size != "refuted":
        return size
    if reading.shown is None:
        return "does_not_hold"
    return "direction_only" if reading.shown == pair.direction else "opposite"


def of_rates(claimed: Mapping[str, float], seen: Mapping[str, Interval]) -> Verdict:
    """Verdict on claimed rates by simultaneous intervals: each size, then their order."""
    sizes = {
        _size(seen[name], rate / (1 + TOLERANCE), rate * (1 + TOLERANCE))
        for name, rate in claimed.items()
    }
    if sizes == {"holds"}:
        return "holds"
    if "refuted" not in sizes:
        return "undecided"
    order = sorted(claimed, key=lambda name: claimed[name])
    pairs = [(seen[low], seen[high]) for low, high in combinations(order, 2)]
    if any(low.low > high.high for low, high in pairs):
        return "opposite"
    return "direction_only" if all(a.high < b.low for a, b in pairs) else "does_not_hold"


def _size(interval: Interval, low: float, high: float) -> Literal["holds", "undecided", "refuted"]:
    """Whether an interval lies within the bounds of a claim, overlaps them, or lies outside."""
    if low <= interval.low and interval.high <= high:
        return "holds"
    return "undecided" if interval.low <= high and interval.high >= low else "refuted"


def weakest(verdicts: Iterable[Verdict]) -> Verdict:
    """The weakest verdict of several views or pairs, so that no choice of view rescues a claim."""
    return min(verdicts, key=STRENGTH.index, default="not_measured")
