"""A table as data: cells under columns."""

import re
from dataclasses import dataclass
from typing import Literal

Tone = Literal["", "good", "bad", "muted"]


@dataclass(frozen=True)
class Cell:
    """A value, and beneath it what qualifies it: an interval, a role, a failure."""

    text: str
    detail: str | None = None
    tone: Tone = ""
    target: str | None = None
    """The anchor of a table that it leads to."""
    figure: str | None = None
    """Where the figure stands in results.json, as a JSON Pointer (RFC 6901)."""


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
class Table:
    """Rows begin with their header. A table without rows is left out of every report."""

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    notes: tuple[str, ...] = ()
    folded: bool = False
    """Long and of second rank: closed in HTML until somebody opens it."""

    @property
    def anchor(self) -> str:
        """Its id in HTML, as unique as its caption."""
        return "table-" + re.sub(r"[^a-z0-9]+", "-", self.caption.lower()).strip("-")


def pointer(*parts: str | int) -> str:
    """A JSON Pointer, its two special characters escaped (RFC 6901, 3)."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in parts)
