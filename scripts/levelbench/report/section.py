"""A section of the report: text, tables, charts and source, for Markdown and HTML alike."""

from dataclasses import dataclass

from levelbench.report.drawing import Chart
from levelbench.report.plot import Plot
from levelbench.report.tables.table import Table


@dataclass(frozen=True)
class Passage:
    """A piece of source code, and its place."""

    place: str
    text: str


@dataclass(frozen=True)
class Source:
    """Source of one contestant, shown side by side with the others'."""

    title: str
    passages: tuple[Passage, ...]


@dataclass(frozen=True)
class Missing:
    """What this run did not measure, and the command that measures it."""

    text: str
    command: str


@dataclass(frozen=True)
class Section:
    id: str
    title: str
    text: tuple[str, ...] = ()
    tables: tuple[Table, ...] = ()
    charts: tuple[Chart, ...] = ()
    plots: tuple[Plot, ...] = ()
    """Drawings, before the tables."""
    source_title: str = ""
    sources: tuple[Source, ...] = ()
    """Side by side, under `source_title`."""
    sections: tuple["Section", ...] = ()
    """Subsections, after the section's own content."""
    missing: Missing | None = None
    """Shown as a grey panel."""
    command: str = ""
    """The command that repeats the run."""
    folded: bool = False
    """Whether HTML shows only the title and the text until the reader opens it."""

    @property
    def is_empty(self) -> bool:
        """Whether the section has only a title."""
        own = self.text, self.tables, self.charts, self.plots, self.sources, self.command
        return not any(own) and not self.sections and self.missing is None

    @property
    def is_drawn_only(self) -> bool:
        """Whether the section has only charts, which text cannot show."""
        own = self.text, self.tables, self.plots, self.sources, self.command, self.missing
        return not any(own) and all(within.is_drawn_only for within in self.sections)
