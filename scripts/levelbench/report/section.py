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
    text: tuple[str, ...] = ()
    tables: tuple[Table, ...] = ()
    charts: tuple[Chart, ...] = ()
    source_title: str = ""
    sources: tuple[Source, ...] = ()
    """Beside each other, under `source_title`."""
    sections: tuple["Section", ...] = ()
    """Within this one, after what is its own."""
    command: str = ""
    """What to type to run it again."""

    @property
    def is_empty(self) -> bool:
        """Whether it has nothing but a title."""
        parts = self.text, self.tables, self.charts, self.sources, self.sections, self.command
        return not any(parts)

    @property
    def is_drawn_only(self) -> bool:
        """Whether nothing is left of it where nothing can be drawn."""
        own = self.text, self.tables, self.sources, self.command
        return not any(own) and all(within.is_drawn_only for within in self.sections)
