from rich.console import Console

from levelbench import report
from levelbench.analysis.derive import derive
from levelbench.report.tables.table import Cell, Column, Table
from levelbench.report.terminal import to_rich
from tests.unit.factories import make_run


def test_the_terminal_shows_the_same_table() -> None:
    console = Console(width=200, record=True, file=None, quiet=False)
    with console.capture() as captured:
        console.print(report.terminal_table(derive(make_run(failed="flask"))))
    text = captured.get()
    assert "Contestants under the closed load" in text
    assert "1 to 2" in text
    assert "failed" in text


def test_brackets_in_a_name_are_no_markup() -> None:
    table = Table("a [red]b[/]", (Column("c"),), ((Cell("[bold]x[/bold]"),),))
    console = Console(width=80)
    with console.capture() as captured:
        console.print(to_rich(table))
    assert "[bold]x[/bold]" in captured.get()
