"""Claimed ratios of the article compared with measured ones: a sentence per pair, and a picture."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from levelbench.analysis import verdict as comparison
from levelbench.analysis.claims import rulings
from levelbench.analysis.claims.article import Article, Pair, PublishedClaim, Verdict
from levelbench.analysis.claims.views import EQUAL_LOAD, THREE, Reading, View, name_of, read
from levelbench.analysis.text import UNDEFINED
from levelbench.model.estimate import Interval
from levelbench.model.results import Results
from levelbench.report.plot import Axis, Mark, MarkKind, Plot, Row, change
from levelbench.report.tables.cells import change_cell
from levelbench.report.tables.table import Cell, pointer
from levelbench.report.words import capital, percent_places

VIEWS = {"ratio": THREE, "equal_load": EQUAL_LOAD}
"""Kind of a claim about ratios -> the views that it is judged in."""
LOW, HIGH = 0.5, 5.0
TICKS = (0.5, 1.0, 1.5, 2.0, 3.0, 5.0)
FAR = 0.5
"""A measured lead below this share of the claimed one, in logarithms, is far smaller."""


@dataclass(frozen=True)
class Measured:
    """A claimed pair in the view that gives it the weakest verdict."""

    pair: Pair
    reading: Reading
    verdict: Verdict
    several: bool
    """Whether the run measured several views."""


def measured(results: Results, claim: PublishedClaim) -> list[Measured]:
    """The pairs of a claim about ratios, each in its weakest view."""
    found = []
    for pair in claim.pairs:
        readings = [
            read(results, view, claim.metric, pair.numerator, pair.denominator)
            for view in VIEWS[claim.kind]
        ]
        planned = [reading for reading in readings if not reading.absent] or readings[:1]
        verdict, weakest = min(
            ((rulings.of_ratio(pair, reading), reading) for reading in planned),
            key=lambda judged: rulings.STRENGTH.index(judged[0]),
        )
        found.append(Measured(pair, weakest, verdict, len(planned) > 1))
    return found


def sentence(results: Results, found: Measured) -> str:
    """`v Django: right direction, far smaller (+5 to +22%, claimed +214%)`."""
    pair = f"{name_of(results, found.pair.numerator)} v {name_of(results, found.pair.denominator)}"
    view = f", {found.reading.view.title(results)}" if found.several else ""
    numbers = [
        *([span(bounds)] if (bounds := found.reading.ratio.confidence_interval) else []),
        *([f"claimed {size}"] if (size := claimed(found.pair)) else []),
    ]
    shown = f" ({', '.join(numbers)})" if numbers else ""
    return f"{pair}{view}: {_ruling(found)}{shown}"


def _ruling(found: Measured) -> str:
    pair, reading = found.pair, found.reading
    bounds = reading.deciding
    if bounds is None:
        return f"not decided, {reading.silence}"
    tie = reading.outcome == "equivalent"
    words: dict[Verdict, str] = {
        "holds": "holds" if reading.shown else "holds, although no difference is shown",
        "direction_only": f"right direction, {_size(pair, bounds)}",
        "does_not_hold": "a tie" if tie else f"{_size(pair, bounds)}, and no direction is shown",
        "opposite": "the opposite is shown",
        "undecided": "not decided, the measured range includes the claim and other sizes",
    }
    if pair.bounds is None:
        words["undecided"] = "not decided, the measured range includes a tie"
    return words.get(found.verdict, "not decided")


def _size(pair: Pair, bounds: Interval) -> str:
    """How a measured lead compares with the claimed one, of which it excludes the size."""
    if pair.bounds is None:
        return "of no claimed size"
    low, high = pair.bounds
    if pair.direction == "above":
        most, least = math.log(bounds.high), math.log(low)
    else:
        most, least = -math.log(bounds.low), -math.log(high)
    if most >= least:
        return "larger"
    return "far smaller" if most < FAR * least else "smaller"


def span(bounds: Interval) -> str:
    """`+5 to +22%`."""
    places = percent_places(bounds.low - 1, bounds.high - 1)
    return f"{change(bounds.low, places).rstrip('%')} to {change(bounds.high, places)}"


def claimed(pair: Pair) -> str | None:
    """`+214%`, `+300% or more`; None without a size."""
    if pair.ratio is not None:
        return change(pair.ratio)
    return f"{change(pair.ratio_at_least)} or more" if pair.ratio_at_least is not None else None


def cell(results: Results, reading: Reading, metric: str, numerator: str, other: str) -> Cell:
    """The measured ratio of a pair as percent of change."""
    if reading.ratio.value is None:
        return Cell(UNDEFINED, reading.silence, "muted")
    return change_cell(reading.ratio, *_figure(results, reading.view, metric, numerator, other))


def _figure(
    results: Results, view: View, metric: str, numerator: str, other: str
) -> tuple[str | None, str]:
    """The place of a pair's ratio in results.json, and whether it is the inverse of it."""
    found = view.measured(results)
    for place, pair in enumerate(found.comparisons if found else ()):
        same = (pair.metric, pair.endpoint) == (metric, view.endpoint)
        if same and {pair.a, pair.b} == {numerator, other}:
            at = pointer("workloads", view.workload, "comparisons", place, "ratio")
            return at, "change" if pair.a == numerator else "inverse change"
    return None, ""


def plot(results: Results, article: Article) -> Plot | None:
    """The claimed ratios of throughput, each with the measured one; None without a measured one."""
    claims = [claim for claim in article.claims if claim.kind == "ratio"]
    view = next(
        (
            view
            for view in (asked.of(results) for asked in THREE)
            if any(
                not read(results, view, claim.metric, pair.numerator, pair.denominator).absent
                for claim in claims
                for pair in claim.pairs
            )
        ),
        None,
    )
    rows = [row for claim in claims for row in _rows(results, claim, view)] if view else []
    if view is None or not any(mark.kind != "diamond" for row in rows for mark in row.marks):
        return None
    most = max(
        (size for claim in claims for pair in claim.pairs if (size := _lead(pair))), default=1
    )
    tie = comparison.Tie(results.statistics.tie_threshold)
    kinds = {mark.kind for row in rows for mark in row.marks}
    words: dict[MarkKind, str] = {
        "diamond": "claimed",
        "filled": "measured: a difference is shown",
        "hollow": "measured: a tie, possibly one, or not decided",
    }
    return Plot(
        "claimed",
        "How many more requests the first one served: claimed and measured",
        f"{capital(view.title(results))}; measured with the 95% interval that the claim is judged "
        "by.",
        Axis(
            LOW, max(HIGH, 1.1 * most), TICKS, "%", log=True, band=(tie.low, tie.high), change=True
        ),
        tuple(rows),
        legend=(
            ("band", f"tie: under {100 * tie.threshold:g}%"),
            *((kind, text) for kind, text in words.items() if kind in kinds),
        ),
    )


def _lead(pair: Pair) -> float | None:
    return pair.ratio or pair.ratio_at_least


def _rows(results: Results, claim: PublishedClaim, view: View) -> Iterator[Row]:
    for pair in claim.pairs:
        size = _lead(pair)
        if size is None:
            continue
        reading = read(results, view, claim.metric, pair.numerator, pair.denominator)
        shown = cell(results, reading, claim.metric, pair.numerator, pair.denominator)
        bounds = reading.ratio.confidence_interval
        name = f"{name_of(results, pair.numerator)} v {name_of(results, pair.denominator)}"
        marks: Sequence[Mark] = ()
        if reading.ratio.value is not None:
            kind: MarkKind = "filled" if reading.shown and not reading.silence else "hollow"
            words = f"{name}, measured: {shown.text}" + (f" ({shown.detail})" if bounds else "")
            marks = (
                Mark(
                    kind,
                    reading.ratio.value,
                    bounds.low if bounds else None,
                    bounds.high if bounds else None,
                    title=words,
                ),
            )
        yield Row(
            f"{name}, claimed {claimed(pair)}",
            (*marks, Mark("diamond", size, title=f"claimed {claimed(pair)}")),
            shown.text,
            shown.detail or "",
            figure=shown.figure,
            tone="muted" if reading.silence else "",
            reading="inverse change" if shown.reading == "inverse change" else "change",
        )
