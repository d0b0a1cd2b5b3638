"""Drawings in monospace text."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

import pytest
from rich.cells import cell_len

from levelbench.analysis.claims.judge import judged
from levelbench.analysis.derive import derive
from levelbench.report import plot_text
from levelbench.report.plot import Axis, Mark, Plot, Row, linear
from levelbench.report.section import Section
from levelbench.report.sections import opening, sections
from tests.unit.factories.kinds import KINDS
from tests.unit.report.test_plot import PLOT

LONG = "Framework with name 01 v Unbreakableframework02"
BARS = Plot(
    "cpu",
    "CPU time per request",
    "",
    linear([4.0], "ms"),
    (
        Row(
            "Flask",
            (
                Mark("bar", None, 0, 1, layer="baseline"),
                Mark("bar", None, 1, 3, layer="framework"),
                Mark("hatched", None, 3, 4, layer="generator"),
            ),
            "4 ms",
        ),
    ),
    legend=(("baseline", "bare WSGI"), ("framework", "framework and ORM")),
)


def drawn(plot: Plot, width: int = plot_text.WIDTH) -> list[str]:
    return plot_text.render(plot, width).splitlines()


def line_of(plot: Plot, label: str) -> str:
    return next(line for line in drawn(plot) if line.startswith(label))


@pytest.mark.parametrize("width", [40, 60, 80, 120])
@pytest.mark.parametrize("plot", [PLOT, BARS, replace(PLOT, rows=(Row(LONG, (), "—"),))])
def test_no_line_is_wider_than_asked(plot: Plot, width: int) -> None:
    assert max(map(cell_len, drawn(plot, width))) <= width


def plots_of(sections: Iterable[Section]) -> Iterator[Plot]:
    for section in sections:
        yield from section.plots
        yield from plots_of(section.sections)


@pytest.mark.parametrize("kind", ["standard", "many"])
def test_every_drawing_of_a_report_fits_a_terminal(kind: str) -> None:
    run = KINDS[kind]()
    results = judged(derive(run))
    plots = [*opening(results, run).pictures, *plots_of(sections(results, run))]
    assert len(plots) > 1
    for plot in plots:
        assert max(map(cell_len, drawn(plot))) <= plot_text.WIDTH, plot.id


def test_a_clear_difference_has_a_thick_line_and_a_full_dot() -> None:
    line = line_of(PLOT, "<A> v B")
    assert "━●━" in line
    assert "░│░" in line
    assert line.index("│") < line.index("●")
    assert line.endswith("+10%  4 to 15%")


def test_an_interval_beyond_the_axis_ends_in_arrows_with_their_numbers() -> None:
    line = line_of(PLOT, "C v D")
    assert "◄-40%─" in line
    assert "─+106%►" in line
    assert "○" in line


def test_a_group_stands_apart() -> None:
    lines = drawn(PLOT)
    control = next(n for n, line in enumerate(lines) if line.startswith("E twice"))
    assert lines[control - 1] == ""


def test_long_labels_are_whole_and_stand_above_their_track() -> None:
    mark = Mark("filled", 1.3, 1.21, 1.39)
    lines = drawn(replace(PLOT, rows=(Row(LONG, (mark,), "+30%", "21 to 39%"),)))
    assert lines[-2] == f"{LONG}: +30% (21 to 39%)"
    assert "━●━" in lines[-1]


def test_a_label_that_is_longer_than_a_line_is_cut_into_lines() -> None:
    name = "x" * 100
    lines = drawn(replace(PLOT, rows=(Row(name, (), "—"),)), 40)
    assert name in "".join(lines)


def test_ticks_stand_at_their_places_and_do_not_touch() -> None:
    ticks = next(line for line in drawn(PLOT) if "+50%" in line)
    assert ticks.split() == ["-25%", "0", "+25%", "+50%"]
    crowded = Axis(0, 1, tuple(n / 40 for n in range(41)), "ms")
    (line,) = (line for line in drawn(replace(PLOT, axis=crowded)) if line.endswith("1 ms"))
    assert line.split()[0] == "0"


def test_layers_of_a_bar_have_characters_of_their_own() -> None:
    line = line_of(BARS, "Flask")
    first, second, hatched = (line.count(sign) for sign in "█▓/")
    assert second > first > 0
    assert hatched > 0
    assert line.rindex("█") < line.index("▓") < line.index("/")
    assert "█ bare WSGI   ▓ framework and ORM" in drawn(BARS)


def test_a_name_stays_on_one_line_and_controls_no_terminal() -> None:
    lines = drawn(replace(PLOT, rows=(Row("A\nB\u202e\x1b[2J", (), "—"),)))
    assert lines[-1].startswith("A B[2J ")


def test_folded_rows_are_counted() -> None:
    assert drawn(replace(PLOT, more_title="3 more pairs"))[-1] == "(3 more pairs)"
