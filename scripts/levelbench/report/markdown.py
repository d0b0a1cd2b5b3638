"""Render report.md and the summary of a CI job as Markdown."""

import re

from levelbench.model.folder import Run
from levelbench.model.results import Results
from levelbench.report import plot_text
from levelbench.report.plot import Plot
from levelbench.report.section import Section, Source
from levelbench.report.sections import opening, sections
from levelbench.report.tables import evidence
from levelbench.report.tables.table import Cell, Table, filled
from levelbench.report.trust import NOTHING_AMISS

# What Markdown or HTML would read as markup. Names and log lines come from outside.
SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~])")
CODE = re.compile(r"(`[^`\\<>|]+`)")


def escape(text: str) -> str:
    """As plain text on one line, with what stands between backquotes as code."""
    parts = CODE.split(" ".join(text.split()))
    return "".join(
        part if place % 2 else SPECIAL.sub(r"\\\1", part) for place, part in enumerate(parts)
    )


def render(results: Results, run: Run) -> str:
    parts = _opening(results, run)
    for section in sections(results, run):
        parts += _section(section)
    return "\n\n".join(parts) + "\n"


def summary(results: Results, run: Run) -> str:
    """The summary for a CI job's page: the opening and the findings."""
    parts = _opening(results, run)
    findings = evidence.findings(results, run)
    parts += _captioned(findings) if findings.rows else [NOTHING_AMISS]
    return "\n\n".join(parts) + "\n"


def _opening(results: Results, run: Run) -> list[str]:
    found = opening(results, run)
    status = found.status
    return [
        f"# Levelbench: {escape(results.run_id)}",
        f"**{status.shape} {status.word}.** {escape(status.text)}",
        *([" ".join(map(escape, found.moved))] if found.moved else []),
        " ".join(map(escape, found.sentences)),
        *map(drawing, found.pictures),
        *(part for table in filled(found.overview, found.cores) for part in _captioned(table)),
        escape(found.limits),
    ]


def _section(section: Section, level: int = 2) -> list[str]:
    """All of it, also what HTML shows folded; `level` is that of its heading."""
    parts = [_heading(level, section.title), *map(escape, section.text)]
    if section.missing:
        parts += [escape(section.missing.text), f"```sh\n{section.missing.command}\n```"]
    for plot in section.plots:
        parts += [drawing(plot), *([escape(plot.description)] if plot.description else [])]
        if plot.table:
            parts += _captioned(plot.table, level + 1)
    for table in section.tables:
        parts += _captioned(table, level + 1)
    for source in section.sources:
        title = f"{section.source_title}: {source.title}"
        parts += [_heading(level + 1, title), _code(source)]
    for within in section.sections:
        parts += _section(within, level + 1)
    if section.command:
        parts += ["Run it again:", f"```sh\n{section.command}\n```"]
    return parts


def _heading(level: int, title: str) -> str:
    return f"{'#' * level} {escape(title)}"


def _captioned(table: Table, level: int = 3) -> list[str]:
    return [_heading(level, table.caption), _table(table), *map(escape, table.notes)]


def drawing(plot: Plot) -> str:
    """Text that is set in columns: GitHub shows no SVG within a page."""
    return _block(plot_text.render(plot), "text")


def _code(source: Source) -> str:
    """All passages in one code block."""
    return _block(
        "\n\n".join(
            f"# {' '.join(passage.place.split())}\n{passage.text.rstrip()}"
            for passage in source.passages
        ),
        "python",
    )


def _block(text: str, language: str) -> str:
    """A code block, with a fence longer than any in it."""
    fence = "`" * max(3, 1 + max(map(len, re.findall("`+", text)), default=0))
    return f"{fence}{language}\n{text}\n{fence}"


def _table(table: Table) -> str:
    head = [escape(column.label) for column in table.columns]
    rule = ["---:" if column.numeric else "---" for column in table.columns]
    rows = [[_cell(cell) for cell in row] for row in table.rows]
    return "\n".join("| " + " | ".join(row) + " |" for row in [head, rule, *rows])


def _cell(cell: Cell) -> str:
    links = ", ".join(escape(link.text) for link in cell.links)
    text = " ".join(filter(None, (escape(cell.text), links, cell.brackets.rstrip())))
    details = "; ".join(filter(None, (cell.detail, cell.note)))
    return f"{text} ({escape(details)})" if details else text


def of_tables(*tables: Table) -> str:
    """The tables that have rows, as in the report."""
    return "\n\n".join(part for table in filled(*tables) for part in _captioned(table))


def of_section(section: Section) -> str:
    """One section, as in the report."""
    return "\n\n".join(_section(section))
