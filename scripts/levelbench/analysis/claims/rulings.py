"""Decide the verdict on a claim from one comparison, by the rules of article.toml."""

from collections.abc import Iterable, Mapping
from itertools import pairwise

from levelbench.analysis.claims.article import TOLERANCE, Pair, Verdict
from levelbench.analysis.claims.views import Reading

STRENGTH: tuple[Verdict, ...] = ("does_not_hold", "direction_only", "holds")


def of_ratio(pair: Pair, reading: Reading) -> Verdict:
    """Verdict on a claimed ratio. Without a claimed size, only the direction is judged."""
    interval = reading.deciding
    if interval is None:
        return "not_measured"
    if pair.bounds is not None:
        low, high = pair.bounds
        if interval.low <= high and interval.high >= low:
            return "holds"
    if reading.shown == pair.direction:
        return "holds" if pair.bounds is None else "direction_only"
    return "does_not_hold"


def of_rates(claimed: Mapping[str, float], seen: Mapping[str, float]) -> Verdict:
    """Verdict on claimed error rates, which have no interval.

    They hold if each is within 10% of the claim, and hold in direction if they come in the claimed
    order with no two equal.
    """
    if all(
        rate / (1 + TOLERANCE) <= seen[name] <= rate * (1 + TOLERANCE)
        for name, rate in claimed.items()
    ):
        return "holds"
    order = [seen[name] for name in sorted(claimed, key=lambda name: claimed[name])]
    rising = all(low < high for low, high in pairwise(order))
    return "direction_only" if rising else "does_not_hold"


def weakest(verdicts: Iterable[Verdict]) -> Verdict:
    """The weakest verdict of several views or pairs, so that no choice of view rescues a claim.

    Undecided ones do not count.
    """
    return min(
        (verdict for verdict in verdicts if verdict in STRENGTH),
        key=STRENGTH.index,
        default="not_measured",
    )
