"""The first picture: the difference between each pair of contestants, with its interval."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from levelbench.analysis import verdict as comparison
from levelbench.analysis.text import BOUNDS, UNDEFINED
from levelbench.model import workloads
from levelbench.model.bracket import Bound
from levelbench.model.estimate import Estimate
from levelbench.model.metric import Metric
from levelbench.model.results import Comparison, Control, Results
from levelbench.model.vocabulary import COMPARED, Endpoint
from levelbench.report import verdicts
from levelbench.report.answer import main_workload
from levelbench.report.plot import Axis, Mark, MarkKind, Plot, Row, change
from levelbench.report.standing import ordered, reciprocal
from levelbench.report.tables.table import pointer
from levelbench.report.words import display_names, load_name, noun, percent_places, percent_range

LOW, HIGH = 0.75, 1.5
"""The axis is the same in every run, so that pictures of two runs can be compared by eye."""
TICKS = (0.75, 0.9, 1.0, 1.1, 1.25, 1.5)
MOST_PAIRS = 10
"""Of five contestants. Of more, neighbours are shown, and the first one with the last."""

LEGEND: dict[MarkKind, str] = {
    "filled": "difference shown",
    "hollow": "a tie, or possibly one",
    "none": verdicts.IMPRECISE,
    "cross": "measured twice: the noise of this lab",
}
NO_INTERVAL = "no interval"
UNDECIDED = "not decided by this run"


@dataclass(frozen=True)
class Pair:
    """A comparison with the one that has the larger value first."""

    place: int
    """In the workload's comparisons."""
    compared: Comparison
    first: str
    second: str
    ratio: Estimate
    turned: bool

    @property
    def size(self) -> float:
        return self.ratio.value or 0.0

    @property
    def has_range(self) -> bool:
        """Whether it has an interval, or one end of one."""
        return bool(self.ratio.value and (self.ratio.confidence_interval or self.ratio.bound))


def first_picture(results: Results) -> Plot | None:
    """The picture of the answer: the pairs under the main workload."""
    workload = main_workload(results)
    return picture(results, workload) if workload else None


def picture(
    results: Results, workload: str, endpoint: Endpoint | None = None, first: str | None = None
) -> Plot | None:
    """All pairs by the primary metric, the largest difference first; None without an interval.

    A run that is not publishable decides nothing: it shows no pair as different. `first` stands
    first in its pairs, whatever its value is.
    """
    primary = workloads.of(workload).primary
    pairs = _pairs(results, workload, primary, endpoint, first)
    if not any(pair.has_range for pair in pairs):
        return None
    shown, more = _chosen(pairs, ordered(results, workload))
    rows = [_row(results, workload, pair) for pair in shown]
    control = _control_row(results, workload, endpoint)
    tie = comparison.Tie(results.statistics.tie_threshold)
    right = (
        "all intervals are right at once with 95% confidence"
        if all(pair.compared.primary for pair in pairs)
        else "each interval is right with 95% confidence"
    )
    load = f"{load_name(workload)}, {endpoint}" if endpoint else load_name(workload)
    return Plot(
        "-".join(("pairs", workload, *((endpoint,) if endpoint else ()))),
        _title(primary),
        f"{load[:1].upper()}{load[1:]}: {right}.",
        Axis(LOW, HIGH, TICKS, "%", log=True, band=(tie.low, tie.high), change=True),
        (*rows, *((control,) if control else ())),
        legend=_legend(rows, control, tie, decides=results.publishable),
        more=tuple(_row(results, workload, pair) for pair in more),
        more_title=f"{len(more)} more pairs" if more else "",
    )


def _title(primary: Metric) -> str:
    if primary.name in verdicts.RATES:
        what, verb = verdicts.things(primary.name), verdicts.RATES[primary.name]
        return f"How many more {what} the first one {verb}"
    return f"How much higher the first one's {noun(primary.label)} was"


def _pairs(
    results: Results,
    workload: str,
    primary: Metric,
    endpoint: Endpoint | None,
    first: str | None = None,
) -> list[Pair]:
    """The pairs of contestants, by size, those without an interval last."""
    pairs = [
        _larger_first(place, pair, first)
        for place, pair in enumerate(results.workloads[workload].comparisons)
        if pair.metric == primary.name
        and pair.endpoint == endpoint
        and all(results.services[name].role in COMPARED for name in (pair.a, pair.b))
    ]
    return sorted(pairs, key=lambda pair: (not pair.has_range, -pair.size, pair.first, pair.second))


def _larger_first(place: int, pair: Comparison, given: str | None) -> Pair:
    turned = (pair.ratio.value or 1.0) < 1
    if given in (pair.a, pair.b):
        turned = given == pair.b
    first, second = (pair.b, pair.a) if turned else (pair.a, pair.b)
    ratio = reciprocal(pair.ratio) if turned else pair.ratio
    return Pair(place, pair, first, second, ratio, turned)


def _chosen(pairs: Sequence[Pair], order: Sequence[str]) -> tuple[list[Pair], list[Pair]]:
    """The pairs to show, and those to fold: of many contestants, the first with the last, and then
    neighbours from the top."""
    if len(pairs) <= MOST_PAIRS:
        return list(pairs), []
    by_names = {frozenset((pair.first, pair.second)): pair for pair in pairs}
    names = [name for name in order if any(name in both for both in by_names)]
    wanted = [frozenset((names[0], names[-1])), *(frozenset(two) for two in pairwise(names))]
    shown = [by_names[both] for both in wanted if both in by_names]
    return shown, [pair for pair in pairs if pair not in shown]


def _row(results: Results, workload: str, pair: Pair) -> Row:
    label = " v ".join(display_names(results, (pair.first, pair.second)))
    if not pair.has_range:
        return Row(label, (), UNDEFINED, NO_INTERVAL, tone="muted")
    value, detail = texts(pair.ratio)
    limits = results.statistics
    why_not = verdicts.thin(pair.compared, limits.verdict_blocks_min)
    if not why_not and not pair.compared.primary:
        why_not = "not ranked"
    kind: MarkKind = "hollow"
    if why_not or verdicts.imprecise(pair.compared, limits.precise_limit):
        kind = "none"
    elif results.publishable and pair.compared.verdict in ("better", "worse"):
        kind = "filled"
    low, high = ends(pair.ratio)
    return Row(
        label,
        (Mark(kind, pair.ratio.value, low, high, title=_tooltip(label, value, detail, why_not)),),
        value,
        detail,
        figure=pointer("workloads", workload, "comparisons", pair.place, "ratio"),
        tone="" if results.publishable and not why_not else "muted",
        reading="inverse change" if pair.turned else "change",
    )


def _tooltip(label: str, value: str, detail: str, why_not: str | None = None) -> str:
    """`Starlette v FastAPI: +10% (4 to 15%)`."""
    shown = f"{label}: {value} ({detail})" if detail else f"{label}: {value}"
    return f"{shown}, {why_not}" if why_not else shown


def ends(ratio: Estimate) -> tuple[float | None, float | None]:
    """The interval; from a bound on, it has no end."""
    if ratio.confidence_interval:
        return ratio.confidence_interval.low, ratio.confidence_interval.high
    by_bound: dict[Bound | None, tuple[float | None, float | None]] = {
        "at_least": (ratio.value, math.inf),
        "at_most": (0.0, ratio.value),
        None: (None, None),
    }
    return by_bound[ratio.bound]


def texts(ratio: Estimate) -> tuple[str, str]:
    """`+10%` and `4 to 15%`."""
    bounds = ratio.confidence_interval
    places = percent_places(bounds.low - 1, bounds.high - 1) if bounds else None
    value = BOUNDS[ratio.bound] + change(ratio.value or 1.0, places)
    return value, percent_range(bounds.low - 1, bounds.high - 1) if bounds else ""


def _control_row(results: Results, workload: str, endpoint: Endpoint | None) -> Row | None:
    """The contestant that was measured twice: what this lab cannot see."""
    control = results.workloads[workload].control
    ratio = control.of(endpoint) if control else None
    if control is None or ratio is None or ratio.value is None:
        return None
    value, detail = texts(ratio)
    low, high = ends(ratio)
    label = _measured_twice(results, control)
    title = _tooltip(label, value, detail)
    part = ("endpoints", endpoint) if endpoint and endpoint in control.endpoints else ("ratio",)
    return Row(
        label,
        (Mark("cross", ratio.value, low, high, title=title),),
        value,
        detail,
        figure=pointer("workloads", workload, "control", *part),
        tone="bad" if comparison.too_wide(ratio, results.statistics.control_limit) else "",
        group="control",
        reading="change",
    )


def _measured_twice(results: Results, control: Control) -> str:
    names = control.services or ((control.service,) if control.service else ())
    shown = display_names(results, names)
    return f"{shown[0]} measured twice" if len(shown) == 1 else "Measured twice"


def _legend(
    rows: Sequence[Row], control: Row | None, tie: comparison.Tie, *, decides: bool
) -> tuple[tuple[str, str], ...]:
    """The kinds of marks that are there."""
    kinds = {mark.kind for row in (*rows, *((control,) if control else ())) for mark in row.marks}
    words = LEGEND if decides else LEGEND | {"hollow": UNDECIDED}
    return (
        ("band", f"tie: under {100 * tie.threshold:g}%"),
        *((kind, text) for kind, text in words.items() if kind in kinds),
    )
