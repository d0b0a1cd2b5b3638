"""A section of the report: text, tables, charts and source, for Markdown and HTML alike."""

from dataclasses import dataclass

from levelbench.report.drawing import Chart
from levelbench.report.tables.table import Table


@dataclass(frozen=True)
class Passage:
    """Some lines of source in one piece, and where they stand."""

    place: str
    text: str


@dataclass(frozen=True)
class Source:
    """Source of one contestant, shown beside that of others."""

    title: str
    passages: tuple[Passage, ...]


@dataclass(frozen=True)
class Section:
    id: str
    title: str
    text: tuple[str, ...]
    tables: tuple[Table, ...]
    charts: tuple[Chart, ...] = ()
    source_title: str = ""
    sources: tuple[Source, ...] = ()
    """Beside each other, under `source_title`."""
