"""Render report.md and the summary of a CI job as Markdown."""

import re

from levelbench.model.folder import Run
from levelbench.model.results import Results
from levelbench.report import cores, moved, plot_text
from levelbench.report.answer import answer
from levelbench.report.charts.pairs import first_picture
from levelbench.report.plot import Plot
from levelbench.report.section import Source
from levelbench.report.sections import HEAD_TO_HEAD, Section, sections
from levelbench.report.status import status
from levelbench.report.tables import evidence
from levelbench.report.tables.table import Cell, Table
from levelbench.report.trust import NOTHING_AMISS

# What Markdown or HTML would read as markup. Names and log lines come from outside.
SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~])")


def escape(text: str) -> str:
    """As plain text on one line."""
    return SPECIAL.sub(r"\\\1", " ".join(text.split()))


def render(results: Results, run: Run) -> str:
    parts = _answer(results, run)
    for section in sections(results, run):
        parts += _section(section)
    return "\n\n".join(parts) + "\n"


def summary(results: Results, run: Run) -> str:
    """The summary for a CI job's page: the answer, the tables of contestants and the findings."""
    parts = _answer(results, run)
    means = cores.table(results)
    if means.rows:
        parts += _captioned(means)
    for section in sections(results, run):
        if section.id.startswith(HEAD_TO_HEAD):
            parts += _section(section, folded=False)
    findings = evidence.findings(results, run)
    parts += _captioned(findings) if findings.rows else [NOTHING_AMISS]
    return "\n\n".join(parts) + "\n"


def _answer(results: Results, run: Run) -> list[str]:
    found, since = status(results, run), moved.lines(results)
    picture = first_picture(results)
    return [
        f"# Levelbench: {escape(results.run_id)}",
        f"**{found.shape} {found.word}.** {escape(found.text)}",
        *([" ".join(map(escape, since))] if since else []),
        " ".join(map(escape, answer(results, run))),
        *([_drawing(picture)] if picture else []),
    ]


def _section(section: Section, *, folded: bool = True) -> list[str]:
    """`folded`: with the tables that HTML shows folded."""
    if section.is_drawn_only:
        return []
    parts = [f"## {escape(section.title)}", *map(escape, section.text)]
    if section.missing:
        parts += [escape(section.missing.text), f"```sh\n{section.missing.command}\n```"]
    for plot in section.plots:
        parts.append(_drawing(plot))
        if plot.table and folded:
            parts += _captioned(plot.table)
    for table in section.tables:
        if folded or not table.folded:
            parts += _captioned(table)
    for source in section.sources:
        parts += [f"#### {escape(section.source_title)}: {escape(source.title)}", _code(source)]
    for within in section.sections:
        parts += _section(within, folded=folded)
    if section.command:
        parts += ["Run it again:", f"```sh\n{section.command}\n```"]
    return parts


def _captioned(table: Table) -> list[str]:
    return [f"### {escape(table.caption)}", _table(table), *map(escape, table.notes)]


def _drawing(plot: Plot) -> str:
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
    text = " ".join(filter(None, (escape(cell.text), links)))
    return f"{text} ({escape(cell.detail)})" if cell.detail else text


def of_section(section: Section) -> str:
    """One section, as in the report."""
    return "\n\n".join(_section(section))
