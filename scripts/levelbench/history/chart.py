"""Charts of series as data: a mark per run, the levels between change points, and the values."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from statistics import fmean, median

from levelbench.history.archive import report_path
from levelbench.history.series import PAIR, Point, Series
from levelbench.report.plot import Axis, Mark, linear
from levelbench.report.tables.table import Cell, Column, Link, Table
from levelbench.report.words import capital

SHOWN, LISTED = 120, 30
"""The last runs that are drawn, and those with their values in the table: a page stays small."""
SPAN = 0.05
"""The axis reaches so far around the median at least, so that noise does not look like a change."""
TIE_PERCENT = 2.0


@dataclass(frozen=True)
class Level:
    """A level between two change points: from one run to before another."""

    start: int
    end: int
    value: float


@dataclass(frozen=True)
class Chart:
    """Runs from left to right, their values upwards."""

    id: str
    title: str
    description: str
    axis: Axis
    marks: tuple[Mark, ...]
    levels: tuple[Level, ...]
    """Empty without a change point; a new level begins at each one."""
    ends: tuple[str, str]
    """The dates of the first and the last run."""
    table: Table

    def x(self, place: float) -> str:
        """Where a run stands, as an SVG coordinate."""
        return f"{100 * (place + 0.5) / len(self.marks):.2f}%"

    def y(self, value: float) -> str:
        return f"{100 * (1 - self.axis.place(value)):.2f}%"


def date(moment: datetime) -> str:
    """`2 Jan 2026`."""
    return moment.strftime("%-d %b %Y")


def draw(series: Series, identity: str, root: str) -> Chart:
    """The chart of a series; `root` leads from its page to the front page."""
    points = series.points[-SHOWN:]
    marks = tuple(_mark(series, point) for point in points)
    return Chart(
        identity,
        series.title,
        _description(series),
        _axis(series, marks),
        marks,
        tuple(_levels(series, marks)),
        (date(points[0].run.entry.started_at), date(points[-1].run.entry.started_at)),
        _table(series, root),
    )


def _mark(series: Series, point: Point) -> Mark:
    value, shown = point.value, series.kind.shown
    bounds, text = value.confidence_interval, series.kind.cell(value)
    detail = f" ({text.detail})" if text.detail else ""
    return Mark(
        "filled",
        None if value.value is None else shown(value.value),
        shown(bounds.low) if bounds else None,
        shown(bounds.high) if bounds else None,
        title=f"{date(point.run.entry.started_at)}: {text.text}{detail}",
    )


def _axis(series: Series, marks: tuple[Mark, ...]) -> Axis:
    middle = median(mark.value or 0.0 for mark in marks)
    around = (middle * (1 - SPAN), middle * (1 + SPAN))
    if series.kind is PAIR:  # with the tie
        around = (-TIE_PERCENT, TIE_PERCENT)
    ends = [end for mark in marks for end in (mark.value, mark.low, mark.high)]
    return linear((*ends, *around), series.kind.unit, start=None)


def _levels(series: Series, marks: tuple[Mark, ...]) -> Iterator[Level]:
    skipped = len(series.points) - len(marks)
    firsts = [change.alert.change.first - skipped for change in series.changes]
    starts = [0, *(first for first in firsts if first > 0), len(marks)]
    if firsts:
        for start, end in pairwise(starts):
            yield Level(start, end, fmean(mark.value or 0.0 for mark in marks[start:end]))


def _description(series: Series) -> str:
    """The machine, how many runs, and the last value: for readers who do not see the drawing."""
    count, last = len(series.points), series.kind.cell(series.points[-1].value)
    runs = f"{count} run{'s' * (count != 1)}"
    unit = f" {series.kind.unit}" * (series.kind.unit != "%")
    detail = f" ({last.detail})" if last.detail else ""
    found = len(series.changes)
    points = f"; {found} change point{'s' * (found != 1)}" if series.kind.limits else ""
    return f"{capital(series.machine)}. {runs}{points}. The last one: {last.text}{unit}{detail}."


def _table(series: Series, root: str) -> Table:
    """The last values, the newest first."""
    points = series.points[-LISTED:][::-1]
    unit = f", {series.kind.unit}" * (series.kind.unit != "%")
    more = f" (the last {LISTED} of {len(series.points)})" * (len(series.points) > LISTED)
    return Table(
        f"Values: {series.title}; {series.machine}{more}",
        (Column("Run", numeric=False), Column(f"Value{unit}")),
        tuple(
            (
                Cell(
                    date(point.run.entry.started_at),
                    links=(Link("report", root + report_path(point.run)),),
                ),
                series.kind.cell(point.value),
            )
            for point in points
        ),
        folded=True,
    )
