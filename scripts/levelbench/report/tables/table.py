"""Tables as data: columns and rows of cells."""

import re
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple

Tone = Literal["", "good", "bad", "muted"]
Layout = Literal["", "glance", "grid"]
"""On a narrow screen, a table of more than two columns becomes a list of labelled values. A glance
keeps its columns and drops the intervals; a grid keeps its columns and scrolls."""


class Link(NamedTuple):
    text: str
    target: str
    """`#` and an anchor of the page, a path from ./ or ../ on, or an address that begins with
    https://; else no link."""


class Dot(NamedTuple):
    """A point that is drawn above a cell's text."""

    kind: Literal["filled", "discarded", "failed"]
    place: float
    """From 0 (bottom) to 1 (top)."""


@dataclass(frozen=True)
class Cell:
    """A value, with an interval, a role or a failure in small print."""

    text: str
    detail: str | None = None
    tone: Tone = ""
    target: str | None = None
    """Anchor of the table that the cell links to."""
    figure: str | None = None
    """Place of the value in results.json, as a JSON Pointer (RFC 6901)."""
    note: str | None = None
    """More small print, beneath the detail."""
    brackets: str = ""
    """Brackets that join rows: a character of `┐│┘` or a space for each."""
    spoken: str | None = None
    """What the brackets show, for readers who do not see them."""
    reading: str = ""
    """How the value follows from the figure, if they differ: `change` is figure - 1 in percent,
    `inverse change` is 1 / figure - 1."""
    data: tuple[tuple[str, str], ...] = ()
    """Data attributes in HTML: `scale` times the value in results.json is the value shown."""
    links: tuple[Link, ...] = ()
    """Links after the text, separated by commas."""
    anchor: str | None = None
    """Its id in HTML, for links to it."""
    dot: Dot | None = None


@dataclass(frozen=True)
class Column:
    label: str
    numeric: bool = True
    short: str = ""
    """Label where space is scarce, as in a terminal."""

    @property
    def heading(self) -> str:
        """The shortest label."""
        return self.short or self.label


@dataclass(frozen=True)
class Inputs:
    """Numbers that a reader may set in HTML: report.js computes the table again."""

    weights: tuple[tuple[str, float], ...]
    """Endpoint -> its default."""
    quantiles: str
    """JSON: number of rounds -> quantile of Student's t."""


@dataclass(frozen=True)
class Table:
    """Each row begins with its header. Reports omit a table without rows."""

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    notes: tuple[str, ...] = ()
    folded: bool = False
    """Long and secondary: closed in HTML until the reader opens it."""
    layout: Layout = ""
    inputs: Inputs | None = None

    @property
    def anchor(self) -> str:
        """Its id in HTML, as unique as its caption."""
        return "table-" + re.sub(r"[^a-z0-9]+", "-", self.caption.lower()).strip("-")


def pointer(*parts: str | int) -> str:
    """A JSON Pointer, its two special characters escaped (RFC 6901, 3)."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in parts)


def filled(*candidates: Table) -> tuple[Table, ...]:
    """Those that have rows."""
    return tuple(table for table in candidates if table.rows)


def folded(*candidates: Table) -> tuple[Table, ...]:
    """Those that have rows, closed in HTML until the reader opens them."""
    return tuple(replace(table, folded=True) for table in filled(*candidates))
