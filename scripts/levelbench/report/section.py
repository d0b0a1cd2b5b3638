"""A section of the report: text, tables and charts, for Markdown and HTML alike."""

from dataclasses import dataclass

from levelbench.report.drawing import Chart
from levelbench.report.tables.table import Table


@dataclass(frozen=True)
class Section:
    id: str
    title: str
    text: tuple[str, ...]
    tables: tuple[Table, ...]
    charts: tuple[Chart, ...] = ()
