"""Draw a plot as an SVG file of its own, light or dark: for README and other pages without styles.

Text has no known width here, so that room is reserved by the number of characters.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from textwrap import wrap
from typing import Literal

from jinja2 import Environment, PackageLoader, StrictUndefined

from levelbench.report.plot import Plot, Row

Theme = Literal["light", "dark"]

WIDTH = 720
MARGIN = 16
FONT = 14
SMALL = 12
CHARACTER, DIGIT = 0.55, 0.72
"""Mean width of a character of text and of a bold number, in parts of the font's size: those of
DejaVu Sans, the widest of the usual sans-serif fonts. A fifth more is reserved."""
TRACK_MIN = 0.36
"""Share of the width that a track has at least; labels stand above it where they need more."""
LINE = 26
TICKS = 22
GAP = 10
KEY = 24

COLORS: dict[Theme, dict[str, str]] = {
    "light": {"card": "#ffffff", "ink": "#1b1f24", "soft": "#57606a", "line": "#dbe1e7"},
    "dark": {"card": "#0d1117", "ink": "#e4e7eb", "soft": "#a3acb8", "line": "#303741"},
}
"""The grounds are those of the pages that show README."""


@dataclass(frozen=True)
class Placed:
    """A row, and the upper edges of its text and its track."""

    row: Row
    text: float
    track: float


@dataclass(frozen=True)
class Layout:
    """Pixels of everything that is drawn."""

    title: tuple[str, ...]
    keys: tuple[tuple[float, float, str, str], ...]
    """x, y, kind and words."""
    ticks: float
    rows: tuple[Placed, ...]
    left: float
    """Of the tracks."""
    right: float
    texts: float
    """Width of the values, at the right."""
    detail: float
    """Width of the details within it."""
    height: float

    @property
    def track(self) -> float:
        return self.right - self.left


def render(plot: Plot, theme: Theme) -> str:
    """One file that loads nothing."""
    environment = Environment(
        loader=PackageLoader("levelbench.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("plot.svg.j2").render(
        p=plot,
        at=layout(plot),
        hatched=any(mark.kind == "hatched" for row in plot.rows for mark in row.marks),
        colors=COLORS[theme],
        width=WIDTH,
        margin=MARGIN,
        font=FONT,
        small=SMALL,
        line=LINE,
    )


def text_width(text: str, size: float = FONT, character: float = CHARACTER) -> float:
    """Room for a text, a fifth more than it probably needs."""
    return math.ceil(1.2 * character * size * len(text))


def layout(plot: Plot) -> Layout:
    inner = WIDTH - 2 * MARGIN
    values = max((text_width(row.value, FONT, DIGIT) for row in plot.rows), default=0)
    details = max((text_width(row.detail, SMALL) for row in plot.rows), default=0)
    texts = values + (details + GAP if details else 0)
    labels = max((text_width(row.label) for row in plot.rows), default=0)
    beside = inner - labels - texts - 2 * GAP >= TRACK_MIN * inner
    left = MARGIN + (labels + GAP if beside else 0)
    right = WIDTH - MARGIN - (texts + GAP if beside else 0)
    title = tuple(wrap(plot.title, int(inner / (1.2 * CHARACTER * (FONT + 1)))))
    y = MARGIN + 20.0 * len(title)
    keys, y = _keys(plot.legend, y, inner)
    ticks, y = y, y + TICKS
    rows, group = [], plot.rows[0].group if plot.rows else ""
    for row in plot.rows:
        y += 0 if row.group == group else GAP
        group = row.group
        rows.append(Placed(row, y, y if beside else y + LINE - 4))
        y = rows[-1].track + LINE
    return Layout(title, keys, ticks, tuple(rows), left, right, texts, details, y + MARGIN)


def _keys(
    legend: Sequence[tuple[str, str]], y: float, inner: float
) -> tuple[tuple[tuple[float, float, str, str], ...], float]:
    """The legend's places, on as many lines as it needs, and where it ends."""
    keys, x = [], 0.0
    for kind, words in legend:
        needed = KEY + text_width(words, SMALL) + GAP
        if x and x + needed > inner:
            x, y = 0.0, y + 20
        keys.append((MARGIN + x, y, kind, words))
        x += needed
    return tuple(keys), y + 24 if keys else y
