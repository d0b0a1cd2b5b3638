"""Three states of a regression check: slower, not slower than a margin, or undecided.

A margin of 5% tolerates ratios of rates down to 1 / 1.05, as the tie does with its threshold. The
interval of after / before decides, as in tests of non-inferiority (Piaggio et al., "Reporting of
Noninferiority and Equivalence Randomized Trials", JAMA 308, 2012).
"""

from collections.abc import Iterable
from typing import Literal

from levelbench.model.estimate import Interval
from levelbench.model.metric import Better
from levelbench.model.results import Verdict

State = Literal["slower", "not slower", "undecided"]

EXIT_STATUS: dict[State, int] = {"slower": 1, "not slower": 0, "undecided": 3}


def state(interval: Interval | None, verdict: Verdict, better: Better, margin: float) -> State:
    """Judge the interval of after / before, of which `verdict` is the verdict on after.

    Worse beyond the tie is slower, whatever the margin. So is an interval on the bad side of 1 that
    reaches beyond the margin; one within the margin is not.
    """
    bound = slowdown(interval, better)
    if interval is None or bound is None:
        return "undecided"
    if verdict == "worse":
        return "slower"
    if bound < margin:
        return "not slower"
    best = interval.high if better == "higher" else 1 / interval.low
    return "slower" if verdict == "inconclusive" and best < 1 else "undecided"


def slowdown(interval: Interval | None, better: Better) -> float | None:
    """The largest slowdown that the interval of after / before includes: 0.05 for a rate of
    1 / 1.05, 0 where it includes none; None without an interval."""
    if interval is None or interval.low <= 0:
        return None
    return max(0.0, (1 / interval.low if better == "higher" else interval.high) - 1)


def inverse(interval: Interval | None) -> Interval | None:
    """The interval of before / after."""
    if interval is None or interval.low <= 0:
        return None
    return Interval(low=1 / interval.high, high=1 / interval.low)


def overall(states: Iterable[State], *, reserved: bool = False) -> State:
    """The worst state of a family of simultaneous intervals. `reserved`: something else is missing,
    so that nothing can be shown not to be slower."""
    found = set(states)
    if "slower" in found:
        return "slower"
    if reserved or found != {"not slower"}:
        return "undecided"
    return "not slower"
