"""Words and sentences for the verdict of a comparison."""

from levelbench.analysis import verdict as comparison
from levelbench.analysis.text import too_few_rounds
from levelbench.model import metrics
from levelbench.model.estimate import Estimate
from levelbench.model.results import Comparison, Results
from levelbench.report.plot import change
from levelbench.report.standing import better_first, reciprocal
from levelbench.report.words import display_names, noun, percent_places, percent_range

VERDICTS: dict[str, str] = {
    "better": "better",
    "worse": "worse",
    "equivalent": "tie",
    "inconclusive": "not resolved",
}
PROBABLY = {"better": "probably ahead", "worse": "probably behind"}
"""Of an interval that excludes zero and overlaps the tie."""
IMPRECISE = "not measured precisely enough"
UNDECIDED = "not decided"
"""The verdict on every pair of a run that may not be quoted."""
OPPOSITE = {"better": "worse", "worse": "better"}

NOT_KNOWN = "a ladder ended too early to show how many"

RATES = {"throughput_rps": "served", "capacity_rps": "sustained", "users": "supported"}
"""Metrics in requests/s or users, with the verb of a contestant that has them."""

CLAIMS: dict[str, tuple[str, str]] = {
    "holds": ("holds", "hold"),
    "direction_only": ("holds in direction only", "hold in direction only"),
    "does_not_hold": ("does not hold", "do not hold"),
    "opposite": ("does not hold: the opposite is shown", "do not hold: the opposite is shown"),
    "undecided": ("is not decided at this precision", "are not decided at this precision"),
    "inconsistent": ("contradicts the article itself", "contradict the article itself"),
    "not_measurable": ("cannot be measured", "cannot be measured"),
    "not_measured": ("is not decided by this run", "are not decided by this run"),
}
"""Verdicts on claims, of one claim and of several."""


def of(verdict: str, ratio: Estimate, metric: str) -> str:
    """The verdict on the first of two contestants, in words.

    An undecided interval that excludes 1 shows a difference, but not that it is large enough to
    count.
    """
    found = side(verdict, ratio, metric)
    return PROBABLY[found] if found else VERDICTS[verdict]


def side(verdict: str, ratio: Estimate, metric: str) -> comparison.Side | None:
    """On which side of 1 an undecided ratio lies, if its interval excludes 1."""
    if verdict != "inconclusive":
        return None
    return comparison.side(ratio.confidence_interval, metrics.of(metric).better)


def thin(pair: Comparison, blocks_min: int) -> str | None:
    """Why a pair has no verdict, whatever its interval is: too few common rounds. None: enough."""
    if pair.blocks is None or pair.blocks >= blocks_min:
        return None
    return too_few_rounds(blocks_min)


def of_pair(results: Results, pair: Comparison) -> str:
    """The verdict on the better one of a pair, in words, or why there is none."""
    if not results.publishable:
        return UNDECIDED
    _, _, ratio, verdict = better_first(pair)
    if pair.same_as:
        return f"same observation as {noun(metrics.of(pair.same_as).label)}"
    if reason := thin(pair, results.statistics.verdict_blocks_min):
        return reason
    if imprecise(pair, results.statistics.precise_limit):
        return IMPRECISE
    return of(verdict, ratio, pair.metric)


def imprecise(pair: Comparison, limit: float) -> bool:
    """Whether an undecided interval includes 1 and is wider than the limit, either way: it then
    shows the imprecision of the measurement, and not that there is no difference."""
    bounds, value = pair.ratio.confidence_interval, pair.ratio.value
    if pair.verdict != "inconclusive" or bounds is None or not value:
        return False
    return side("inconclusive", pair.ratio, pair.metric) is None and (
        max(bounds.high / value, value / bounds.low) > 1 + limit
    )


def sentence(results: Results, pair: Comparison, first: str | None = None) -> str:
    """`FastAPI served 12% more requests than Django (5 to 18%)`: one pair, the better one first
    unless it is given."""
    one, other, ratio, verdict = better_first(pair)
    if first == other:
        one, other, ratio, verdict = other, one, reciprocal(ratio), OPPOSITE.get(verdict, verdict)
    subject, second = display_names(results, (one, other))
    if reason := thin(pair, results.statistics.verdict_blocks_min):
        return f"{subject} and {second} are not compared: {reason}"
    bounds, value = ratio.confidence_interval, ratio.value
    if bounds is None or value is None:
        if verdict in OPPOSITE:  # from a bound
            more = "more" if verdict == "better" else "fewer"
            what = things(pair.metric)
            return f"{subject} {verb(pair.metric)} {more} {what} than {second}; {NOT_KNOWN}"
        return f"{subject} and {second} are too close to call"
    range_ = extent(ratio)
    tie = f"{100 * results.statistics.tie_threshold:g}%"
    if verdict in OPPOSITE:
        return (
            f"{subject} {verb(pair.metric)} {amount(ratio, value, pair.metric)} than {second} "
            f"({range_})"
        )
    if found := side(verdict, ratio, pair.metric):
        ahead = "ahead of" if found == "better" else "behind"
        return (
            f"{subject} is probably {ahead} {second}: {amount(ratio, value, pair.metric)} "
            f"({range_}; under {tie} is a tie)"
        )
    if verdict == "equivalent":
        return f"{subject} and {second} tie: they differ by less than {tie} ({range_})"
    if imprecise(pair, results.statistics.precise_limit):
        least, most = (amount(ratio, end, pair.metric) for end in (bounds.low, bounds.high))
        short = " ".join(least.split(" ")[:2])  # of the first one without what it is an amount of
        return f"{subject} and {second} are not resolved: anything from {short} to {most} fits"
    return f"{subject} and {second} are too close to call ({range_})"


def verb(metric: str) -> str:
    """Of a sentence about an amount of this metric."""
    return RATES.get(metric, "had")


def things(metric: str) -> str:
    """What a metric of `RATES` counts."""
    return "users" if metric == metrics.USERS.name else "requests"


def amount(ratio: Estimate, value: float, metric: str) -> str:
    """`12% more requests`, `35% lower p95 latency`: how much more or less a ratio is."""
    bounds = ratio.confidence_interval
    places = percent_places(bounds.low - 1, bounds.high - 1) if bounds else None
    percent = change(value, places).lstrip("+-")
    if metric in RATES:
        return f"{percent} {'fewer' if value < 1 else 'more'} {things(metric)}"
    return f"{percent} {'lower' if value < 1 else 'higher'} {noun(metrics.of(metric).label)}"


def extent(ratio: Estimate) -> str:
    """`5 to 18%`: the interval of the difference, up from 1 or down from it as the ratio is."""
    bounds, value = ratio.confidence_interval, ratio.value
    if bounds is None or value is None:
        return "without interval"
    if value < 1:
        return percent_range(1 - bounds.high, 1 - bounds.low)
    return percent_range(bounds.low - 1, bounds.high - 1)
