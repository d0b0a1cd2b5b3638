"""The tables in the terminal."""

from collections.abc import Mapping
from itertools import chain
from typing import Literal

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table as RichTable
from rich.text import Text

from levelbench.model import workloads
from levelbench.model.ledger import Verification
from levelbench.model.results import Results
from levelbench.report.numbers import ratio_interval
from levelbench.report.tables.alone import Figure, each_endpoint
from levelbench.report.tables.contestants import IN_TERMINAL, head_to_head
from levelbench.report.tables.ledger import parity
from levelbench.report.tables.table import Cell, Table, Tone

ALONE_IN_TERMINAL: tuple[Figure, ...] = ("throughput", "share", "cpu", "multiple")
"""As many as 80 columns hold."""

RICH_STYLES: Mapping[Tone, str] = {"": "", "good": "green", "bad": "red", "muted": "dim"}


def terminal_table(results: Results) -> RenderableType:
    """The head-to-head of each workload, for the terminal."""
    if not results.workloads:
        return Text("Nothing was measured.")
    return Group(*(part for name in results.workloads for part in _workload(results, name)))


def ledger(found: Mapping[str, Verification]) -> RenderableType:
    """What `verify` found, for the terminal."""
    entries = chain.from_iterable(verification.entries for verification in found.values())
    return to_rich(parity(entries))


def _workload(results: Results, name: str) -> list[RenderableType]:
    shown = (
        each_endpoint(results, name, ALONE_IN_TERMINAL)
        if workloads.of(name).alone
        else head_to_head(results, name, IN_TERMINAL)
    )
    table = to_rich(shown)
    control = results.workloads[name].control
    noise = ratio_interval(control.ratio) if control else None
    if control is None or noise is None:
        return [table]
    over = ", over all endpoints" if control.endpoints else ""
    return [
        table,
        Text(f"Noise floor: {control.service} against itself came out as {noise}{over}."),
    ]


def to_rich(table: Table) -> RichTable:
    """For the terminal. Text objects and not markup: a name may hold brackets."""
    rich = RichTable(
        title=Text(table.caption),
        caption=Text("\n".join(table.notes)),
        caption_justify="left",
        caption_style="dim",
        box=box.SIMPLE_HEAD,
    )
    figures = any(column.numeric for column in table.columns)
    for position, column in enumerate(table.columns):
        justify: Literal["right", "left"] = "right" if column.numeric else "left"
        rich.add_column(Text(column.label), justify=justify, no_wrap=figures and position == 0)
    for row in table.rows:
        rich.add_row(*(_rich_cell(cell) for cell in row))
    return rich


def _rich_cell(cell: Cell) -> Text:
    text = Text(cell.text, style=RICH_STYLES[cell.tone])
    if cell.detail:
        text.append(f"\n{cell.detail}", style="dim")
    return text
