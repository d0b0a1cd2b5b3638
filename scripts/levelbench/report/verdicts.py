"""What is said of a comparison: its verdict, and what the interval shows beside it."""

from levelbench.analysis import verdict as comparison
from levelbench.model import metrics
from levelbench.model.estimate import Estimate

VERDICTS = {
    "better": "better",
    "worse": "worse",
    "equivalent": "equivalent",
    "inconclusive": "no difference detected at this precision",
}

PERHAPS_A_TIE = "perhaps no more than a tie"


def of(verdict: str, ratio: Estimate, metric: str) -> str:
    """In words, of the first of the two.

    "No difference detected" would be untrue of an interval that leaves out 1: there is a
    difference, of which it is not shown that it counts.
    """
    found = side(verdict, ratio, metric)
    return f"{found}, {PERHAPS_A_TIE}" if found else VERDICTS[verdict]


def side(verdict: str, ratio: Estimate, metric: str) -> comparison.Side | None:
    """Whether an undecided ratio is better or worse than 1, by whatever size."""
    if verdict != "inconclusive":
        return None
    return comparison.side(ratio.confidence_interval, metrics.of(metric).better)
