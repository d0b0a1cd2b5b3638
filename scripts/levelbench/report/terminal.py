"""Render the report's tables for the terminal."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Literal

from rich import box
from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.padding import Padding
from rich.table import Table as RichTable
from rich.text import Text

from levelbench.model import workloads
from levelbench.model.folder import Run
from levelbench.model.ledger import Verification
from levelbench.model.results import Results
from levelbench.report import moved, plot_text
from levelbench.report.answer import answer, main_workload
from levelbench.report.charts.pairs import first_picture
from levelbench.report.plot import Plot
from levelbench.report.status import Tone as StatusTone
from levelbench.report.status import status
from levelbench.report.tables import counted
from levelbench.report.tables.alone import each_endpoint
from levelbench.report.tables.contestants import head_to_head
from levelbench.report.tables.instructions import per_request
from levelbench.report.tables.ledger import parity
from levelbench.report.tables.table import Cell, Table, Tone
from levelbench.report.words import deviation, measured_twice

RICH_STYLES: Mapping[Tone, str] = {"": "", "good": "green", "bad": "red", "muted": "dim"}
GAP = 2
"""Characters between two columns."""
FOLDED_WORD = 16
"""Longer words of text may be folded, as paths and digests are."""
STATUS_STYLES: Mapping[StatusTone, str] = {"good": "green", "warn": "yellow", "bad": "red"}


def terminal_table(results: Results, run: Run) -> RenderableType:
    """The status, the answer with its picture, and the table of contestants under each workload."""
    found, picture = status(results, run), first_picture(results)
    style = f"bold {STATUS_STYLES[found.tone]}"
    head = Text.assemble((f"{found.shape} {found.word}", style), f": {found.text}")
    texts = [Text(" ".join(part)) for part in (moved.lines(results), answer(results, run)) if part]
    drawn: list[RenderableType] = [_Drawn(picture), Text()] if picture else []
    main = main_workload(results) if picture else None
    tables = [part for name in results.workloads for part in _workload(results, name, main)]
    return Group(head, *texts, Text(), *drawn, *tables)


def ledger(found: Mapping[str, Verification]) -> RenderableType:
    """The parity ledger of `make verify`, for the terminal."""
    entries = chain.from_iterable(verification.entries for verification in found.values())
    return to_rich(parity(entries))


def instructions_table(results: Results) -> RenderableType:
    """Instructions per request, of a run that counts; of a pair, what changed."""
    found = results.paired_instructions
    if found is None:
        return to_rich(per_request(results))
    return Group(*map(to_rich, counted.all_of(results, found)))


def _workload(results: Results, name: str, drawn: str | None) -> list[RenderableType]:
    """`drawn`: the workload whose noise is in the picture."""
    shown = (
        each_endpoint(results, name, terminal=True)
        if workloads.of(name).alone
        else head_to_head(results, name, terminal=True)
    )
    table = to_rich(shown)
    control = results.workloads[name].control
    noise = deviation(control.ratio) if control else None
    if control is None or noise is None or name == drawn:
        return [table]
    over = " over all endpoints" if control.endpoints else ""
    return [table, Text(f"Noise: {measured_twice(results, control)} differed by {noise}{over}.")]


@dataclass(frozen=True)
class _Drawn:
    plot: Plot

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        yield Text(plot_text.render(self.plot, min(options.max_width, plot_text.WIDTH)))


def to_rich(table: Table) -> RenderableType:
    """A table that fits the terminal's width without cutting a word of its header."""
    return _Fitted(table)


@dataclass(frozen=True)
class _Fitted:
    table: Table

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        # The console of the commands does not wrap by itself.
        wrapped = options.update(no_wrap=False, overflow="fold")
        widths = column_widths(self.table, options.max_width)
        body = (
            _in_columns(self.table, widths)
            if widths
            else _in_records(self.table, options.max_width)
        )
        parts = [Text(self.table.caption, style="bold"), body]
        if self.table.notes:
            parts.append(Text("\n".join(self.table.notes), style="dim"))
        for part in parts:
            yield from console.render(part, wrapped)


def column_widths(table: Table, available: int) -> list[int] | None:
    """The width of each column, so that words of headers and numbers stay whole; None where the
    table needs more than is available.
    """
    texts = [
        (column.heading, *(f"{row[place].text}\n{row[place].detail or ''}" for row in table.rows))
        for place, column in enumerate(table.columns)
    ]
    least = [
        max(
            max(map(cell_len, column.heading.split())),
            min(_longest(texts), available if column.numeric else FOLDED_WORD),
        )
        for column, texts in zip(
            table.columns, [" ".join(own).split() for own in texts], strict=True
        )
    ]
    if any(column.numeric for column in table.columns):  # a name stays on one line
        least[0] = _longest(
            [*table.columns[0].heading.split(), *(row[0].text for row in table.rows)]
        )
    spare = available - sum(least) - GAP * (len(least) - 1)
    if spare < 0:
        return None
    most = [_longest([line for text in own for line in text.splitlines()]) for own in texts]
    widths = list(least)
    # Columns that need little get it first, so that most cells are on one line.
    for place in sorted(range(len(widths)), key=lambda place: most[place] - least[place]):
        more = min(spare, max(0, most[place] - least[place]))
        widths[place] += more
        spare -= more
    return widths


def _longest(texts: Iterable[str]) -> int:
    return max(map(cell_len, texts), default=0)


def _in_columns(table: Table, widths: Sequence[int]) -> RichTable:
    """Text objects, not markup: a name may contain brackets."""
    rich = RichTable(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=0)
    for column, width in zip(table.columns, widths, strict=True):
        justify: Literal["right", "left"] = "right" if column.numeric else "left"
        last = column is table.columns[-1]
        rich.add_column(
            Text(column.heading), justify=justify, width=width + (0 if last else GAP - 1),
            overflow="fold",
        )  # fmt: skip
    for row in table.rows:
        rich.add_row(*(_rich_cell(cell) for cell in row))
    return rich


def _in_records(table: Table, available: int) -> Group:
    """Each row as a list of labelled values, for a terminal too narrow for the columns."""
    parts: list[RenderableType] = []
    _, *columns = table.columns
    labels = min(GAP + _longest(column.label for column in columns), available // 2)
    for first, *others in table.rows:
        grid = RichTable.grid(padding=(0, GAP, 0, 0))
        grid.add_column(overflow="fold", width=labels)
        grid.add_column(overflow="fold")
        for column, cell in zip(columns, others, strict=True):
            grid.add_row(Padding(column.label, (0, 0, 0, GAP)), _rich_cell(cell, inline=True))
        parts += [_rich_cell(first, inline=True), grid]
    return Group(*parts)


def _rich_cell(cell: Cell, *, inline: bool = False) -> Text:
    text = Text(cell.text, style=RICH_STYLES[cell.tone])
    if cell.detail:
        text.append(f" ({cell.detail})" if inline else f"\n{cell.detail}", style="dim")
    return text
