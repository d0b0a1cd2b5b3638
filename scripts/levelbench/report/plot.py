"""Drawings as data: rows of marks on a common axis. HTML, SVG and text renderers share them.

A renderer adds nothing that the model does not say: words, tooltips and order are made here.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from levelbench.report.tables.table import Table

MarkKind = Literal["filled", "hollow", "none", "diamond", "cross", "bar", "hatched"]
RowTone = Literal["", "muted", "bad"]


@dataclass(frozen=True)
class Mark:
    """A point with its interval, or a bar, in the axis' unit.

    `filled`, `hollow`, `diamond` and `cross` draw a symbol at `value`; `none` draws the interval
    alone. `bar` and `hatched` reach from `low` (the axis' start if None) to `high` (`value` if
    None).
    """

    kind: MarkKind
    value: float | None
    low: float | None = None
    high: float | None = None
    layer: str = ""
    """CSS class of a layer or a series; "" is ink."""
    title: str = ""
    """Tooltip."""

    @property
    def dot(self) -> float | None:
        """Where its symbol stands, if it has one."""
        return None if self.kind == "none" else self.value

    @property
    def is_bar(self) -> bool:
        return self.kind in ("bar", "hatched")


@dataclass(frozen=True)
class Row:
    label: str
    marks: tuple[Mark, ...]
    value: str
    """What the row shows in a word: `+10%`."""
    detail: str = ""
    """Its interval or another addition: `4 to 15`."""
    figure: str | None = None
    """Place of the value in results.json, as a JSON Pointer (RFC 6901)."""
    tone: RowTone = ""
    group: str = ""
    """Rows of a group stand together, apart from the others: `control`."""
    reading: Literal["", "change", "inverse change"] = ""
    """How the value follows from the figure, if they differ: as percent of change, figure - 1 or
    1 / figure - 1."""

    @property
    def spoken(self) -> str:
        """What a screen reader needs beyond label, value and detail: all marks, if several."""
        titles = [mark.title for mark in self.marks if mark.title]
        return "; ".join(titles) if len(self.marks) > 1 else ""


ARROW_SHARE = 0.2
"""Share of the axis that an arrow with its number takes at most."""


@dataclass(frozen=True)
class Axis:
    low: float
    high: float
    ticks: tuple[float, ...]
    unit: str
    log: bool = False
    band: tuple[float, float] | None = None
    """The tie."""
    change: bool = False
    """Whether values are ratios, shown as percent of change: 1.25 as `+25%`."""

    def place(self, value: float) -> float:
        """Position of a value from 0 (start) to 1 (end), clipped."""
        if self.log:
            if value <= 0:
                return 0.0
            share = math.log(value / self.low) / math.log(self.high / self.low)
        else:
            share = (value - self.low) / (self.high - self.low)
        return min(1.0, max(0.0, share))

    def percent(self, value: float) -> str:
        """The same as an SVG coordinate: `12.5%`."""
        return f"{100 * self.place(value):.2f}".rstrip("0").rstrip(".") + "%"

    def has(self, value: float | None) -> bool:
        """Whether a value lies on the axis."""
        return value is not None and self.low <= value <= self.high

    def text(self, value: float) -> str:
        """A value of the axis in words: `+25%`, `0`, `1,500`; at most three significant digits."""
        if self.change:
            return change(value)
        return significant(value)

    def beyond(self, bound: float, value: float | None = None) -> str:
        """The number at an arrow: of a bound beyond the axis. None of one that is not known, or
        where the dot of `value` needs the room."""
        unknown = math.isinf(bound) or (self.log and bound <= 0)
        near = (
            value is not None
            and self.has(value)
            and (abs(self.place(bound) - self.place(value)) < ARROW_SHARE)
        )
        return "" if unknown or near else self.text(bound)

    def tick_text(self, tick: float) -> str:
        """The last tick carries the unit; a change needs none."""
        if self.change:
            return "0" if tick == 1 else change(tick)
        unit = f" {self.unit}" if self.unit and tick == self.ticks[-1] else ""
        return significant(tick) + unit


LONG_LABEL, WIDE_LABEL = 30, 20
"""Characters; `Starlette v FastAPI` has 19, two names of 22 have 47."""


@dataclass(frozen=True)
class Plot:
    id: str
    title: str
    description: str
    axis: Axis
    rows: tuple[Row, ...]
    legend: tuple[tuple[str, str], ...] = ()
    """(kind of a mark, `band` or a layer; words)."""
    more: tuple[Row, ...] = ()
    """Rows that are folded, under `more_title`."""
    more_title: str = ""
    table: Table | None = None
    """The table with the values, folded beneath."""

    @property
    def has_long_labels(self) -> bool:
        """Whether labels stand above their tracks on a screen of medium width too."""
        return self._longest_label > LONG_LABEL

    @property
    def has_wide_labels(self) -> bool:
        """Whether a phone shows the interval beneath the value, to have room for the label."""
        return self._longest_label > WIDE_LABEL

    @property
    def _longest_label(self) -> int:
        return max((len(row.label) for row in (*self.rows, *self.more)), default=0)

    def meaning(self, row: Row) -> str:
        """What the legend says of the row's mark, for readers who do not see its shape."""
        return dict(self.legend).get(row.marks[0].kind, "") if len(row.marks) == 1 else ""

    @property
    def hatched_layers(self) -> frozenset[str]:
        marks = (mark for row in (*self.rows, *self.more) for mark in row.marks)
        return frozenset(mark.layer for mark in marks if mark.kind == "hatched")

    @property
    def layer_labels(self) -> tuple["LayerLabel", ...]:
        """Labels of the layers of the first bar, as stairs down to it, in place of the legend.

        Empty without layers, and where the labels have no room.
        """
        words = dict(self.legend)
        ends: list[float] = []  # of the text on each line
        labels: list[LayerLabel] = []
        for mark in self.rows[0].marks if self.rows else ():
            start = 100 * self.axis.place(self.axis.low if mark.low is None else mark.low)
            end = 100 * self.axis.place(mark.high or mark.value or 0.0)
            if mark.layer not in words or end - start < SLIVER_PERCENT:
                continue
            # The line from a label to its layer crosses no label below.
            line = max((n + 1 for n, used in enumerate(ends) if used > start), default=0)
            stop = start + CHARACTER_PERCENT * len(words[mark.layer])
            if line == LABEL_LINES or stop > 100:
                return ()
            ends[line:] = [stop]
            labels.append(LayerLabel(words[mark.layer], start, line))
        return tuple(labels)


CHARACTER_PERCENT = 2.2
"""Width of a character of a label on a track of 300 px: a phone's."""
SLIVER_PERCENT = 1.0
"""A layer that is narrower than this share of the track has no label."""
LABEL_LINES = 6


@dataclass(frozen=True)
class LayerLabel:
    text: str
    place: float
    """Where the layer starts, in percent of the track."""
    line: int
    """0: the topmost."""


def significant(value: float) -> str:
    """A number with at most three significant digits: `0`, `0.25`, `12.5`, `1,230`."""
    if value == 0:
        return "0"
    digits = 2 - math.floor(math.log10(abs(value)))
    rounded = round(value, digits)
    text = f"{rounded:,.{max(0, digits)}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def change(ratio: float, places: int | None = None) -> str:
    """A ratio as percent of change: `+12%`, `-0.4%`, `0%`; a decimal only below 1%, if not given.

    At most three significant digits: from 100% on there is no decimal.
    """
    percent = 100 * (ratio - 1)
    if abs(percent) >= 99.95:
        places = 0
    elif places is None:
        places = 1 if abs(percent) < 0.95 else 0
    rounded = round(percent, places) + 0.0  # no -0.0
    if abs(rounded) >= 1000:
        rounded = round(rounded, 2 - math.floor(math.log10(abs(rounded))))
    return f"{rounded:+,.{places}f}%" if rounded else "0%"


def linear(values: Iterable[float | None], unit: str, *, start: float | None = 0.0) -> Axis:
    """An axis of round numbers for all values; `start` None: it need not begin at 0."""
    known = [value for value in values if value is not None and math.isfinite(value)]
    low = min(known, default=0.0) if start is None else start
    high = max(known, default=1.0)
    if high <= low:
        high = low + (abs(low) or 1.0)
    step = _round_step((high - low) / 4)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    ticks = tuple(round(step * place, 12) for place in range(first, last + 1))
    return Axis(ticks[0], ticks[-1], ticks, unit)


def logarithmic(values: Iterable[float | None], unit: str) -> Axis:
    """A logarithmic axis for all positive values, with ticks at 1, 2 and 5 times powers of ten, or
    at the powers alone if these are many."""
    known = [value for value in values if value is not None and 0 < value < math.inf]
    least, most = min(known, default=1.0), max(known, default=1.0)
    decades = range(math.floor(math.log10(least)), math.ceil(math.log10(most)) + 1)
    rounds = [factor * 10.0**power for power in decades for factor in (1, 2, 5)]
    low = max(tick for tick in rounds if tick <= least * (1 + 1e-9))
    high = min(tick for tick in rounds if tick >= most * (1 - 1e-9) and tick > low)
    within = [tick for tick in rounds if low <= tick <= high]
    ticks = [tick for tick in within if len(within) <= 7 or math.log10(tick).is_integer()]
    return Axis(low, high, tuple(ticks), unit, log=True)


def _round_step(least: float) -> float:
    """The smallest of 1, 2 and 5 times a power of ten that is no smaller."""
    power = 10.0 ** math.floor(math.log10(least))
    return next(factor * power for factor in (1, 2, 5, 10) if factor * power >= least * (1 - 1e-9))
