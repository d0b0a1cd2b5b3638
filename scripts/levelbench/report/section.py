"""A section of the report: text, tables, charts and source, for Markdown and HTML alike."""

from dataclasses import dataclass

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
    plots: tuple[Plot, ...] = ()
    """Drawings, before the tables; several stand side by side and share the order of rows."""
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
        own = self.text, self.tables, self.plots, self.sources, self.sections, self.command
        return not any(own) and self.missing is None
