"""Tables in the terminal: whole header words at every width, and no markup from names."""

import io

import pytest
from rich.console import Console, RenderableType

from levelbench import report
from levelbench.analysis.derive import derive
from levelbench.cli import doctor_table
from levelbench.lab.doctor.diagnosis import Diagnosis
from levelbench.model.folder import Run
from levelbench.report import compared
from levelbench.report.tables.table import Cell, Column, Table
from levelbench.report.terminal import to_rich
from tests.unit.factories import alone, make_run
from tests.unit.report.test_compared import held


def table_of(run: Run) -> RenderableType:
    return report.terminal_table(derive(run), run)


DIAGNOSES = [
    Diagnosis(
        code="governor",
        name="Processor frequency",
        grade="note",
        found="The kernel's governor `powersave` changes the clock with load: /sys/devices/system"
        "/cpu/cpu0/cpufreq/scaling_governor",
        effect="Measurements vary more.",
        remedy="Set the governor to `performance`.",
    )
]
TABLES = {
    "overview": (
        lambda: table_of(make_run(reference=True)),
        "Rank req/s Errors",
    ),
    "endpoints": (lambda: table_of(alone.make_run(blocks=3)), "Contestant"),
    "compare": (lambda: compared.to_terminal(held(factors={"flask": 0.7})), "Verdict"),
    "doctor": (lambda: doctor_table.terminal_table(DIAGNOSES), "Grade Finding,"),
}


def shown(renderable: RenderableType, width: int, *, terminal: bool = False) -> str:
    console = Console(
        file=io.StringIO(), width=width, force_terminal=terminal, color_system=None, soft_wrap=True
    )
    console.print(renderable)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


@pytest.mark.parametrize("terminal", [True, False], ids=["terminal", "pipe"])
@pytest.mark.parametrize("width", [60, 80])
@pytest.mark.parametrize("name", TABLES)
def test_headers_are_never_cut(name: str, width: int, terminal: bool) -> None:
    build, words = TABLES[name]
    text = shown(build(), width, terminal=terminal)
    assert "…" not in text
    rows = [line for line in text.splitlines() if line.startswith(("  ", "Contestant", "Check"))]
    assert all(len(line) <= width for line in rows)
    assert set(words.split()) <= set(text.split())


def test_a_failed_contestant_is_in_the_table() -> None:
    text = shown(table_of(make_run(failed="flask")), 100)
    assert "1 to 2" in text
    assert "failed" in text


def test_brackets_in_a_name_are_no_markup() -> None:
    table = Table("a [red]b[/]", (Column("c"),), ((Cell("[bold]x[/bold]"),),))
    assert "[bold]x[/bold]" in shown(to_rich(table), 80)


def test_a_table_that_does_not_fit_becomes_a_list_of_values() -> None:
    columns = (Column("Contestant", numeric=False), Column("Throughput"), Column("Latency"))
    table = Table("t", columns, ((Cell("flask"), Cell("260", "259 to 262"), Cell("384")),))
    assert [line.rstrip() for line in shown(to_rich(table), 24).splitlines()] == [
        "t",
        "flask",
        "  Throughput  260 (259",
        "              to 262)",
        "  Latency     384",
    ]
