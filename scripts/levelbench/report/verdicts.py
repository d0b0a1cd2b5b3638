"""Words and sentences for the verdict of a comparison."""

from levelbench.analysis import verdict as comparison
from levelbench.analysis.text import too_few_rounds
from levelbench.model import metrics
from levelbench.model.estimate import Estimate
from levelbench.model.results import Comparison, Results
from levelbench.report.standing import better_first
from levelbench.report.words import deviation, display_names, noun, percent_range

VERDICTS: dict[str, str] = {
    "better": "better",
    "worse": "worse",
    "equivalent": "equivalent",
    "inconclusive": "no difference detected",
}
POSSIBLY_A_TIE = "possibly a tie"
IMPRECISE = "not measured precisely enough"

NOT_KNOWN = "a ladder ended too early to show how many"

RATES = {"throughput_rps": "served", "capacity_rps": "sustained"}
"""Metrics in requests/s, with the verb of a contestant that has them."""

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
    return f"{found}, {POSSIBLY_A_TIE}" if found else VERDICTS[verdict]


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


def sentence(results: Results, pair: Comparison) -> str:
    """`Starlette served 4 to 15% more requests than FastAPI`: one pair, the better one first."""
    one, other, ratio, verdict = better_first(pair)
    first, second = display_names(results, (one, other))
    if reason := thin(pair, results.statistics.verdict_blocks_min):
        return f"{first} and {second} are not compared: {reason}"
    bounds = ratio.confidence_interval
    undecided = side(verdict, ratio, pair.metric)
    if bounds and (verdict == "better" or undecided):
        reserve = f", {POSSIBLY_A_TIE}" if undecided else ""
        if pair.metric in RATES:
            more = (
                f"{percent_range(bounds.low - 1, bounds.high - 1)} more requests than"
                if bounds.high < 2
                else f"{bounds.low:.2f} to {bounds.high:.2f} times as many requests as"
            )
            return f"{first} {RATES[pair.metric]} {more} {second}{reserve}"
        less = percent_range(1 - bounds.high, 1 - bounds.low)
        label = noun(metrics.of(pair.metric).label)
        return f"{first}'s {label} was {less} lower than {second}'s{reserve}"
    if verdict == "better":  # from a bound
        return f"{first} {RATES[pair.metric]} more requests than {second}; {NOT_KNOWN}"
    differed = deviation(ratio)
    extent = f" ({differed})" if differed else ""
    if verdict == "equivalent":
        return f"{first} and {second} are equivalent{extent}"
    if imprecise(pair, results.statistics.precise_limit):
        return f"{first} and {second} were {IMPRECISE} to compare them{extent}"
    return f"no difference was detected between {first} and {second}{extent}"
