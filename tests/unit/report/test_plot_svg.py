"""Drawings as SVG files."""

import re
from dataclasses import replace
from xml.etree import ElementTree

import pytest

from levelbench.report import plot_svg
from levelbench.report.plot import Mark, Plot, Row
from levelbench.report.plot_svg import COLORS, WIDTH, Theme
from tests.unit.report.test_plot import PLOT
from tests.unit.report.test_plot_text import BARS, LONG

SVG = "{http://www.w3.org/2000/svg}"
LONG_PLOT = replace(
    PLOT, rows=(Row(LONG, (Mark("filled", 1.3, 1.21, 1.39),), "+30%", "21 to 39%"), *PLOT.rows)
)
PLOTS = pytest.mark.parametrize("plot", [PLOT, BARS, LONG_PLOT, replace(PLOT, legend=())])
WIDEST = 0.64
"""Mean width of a character of DejaVu Sans, the widest of the usual fonts, in parts of its size."""


def tree(plot: Plot, theme: Theme = "light") -> ElementTree.Element:
    return ElementTree.fromstring(plot_svg.render(plot, theme))


@PLOTS
def test_no_text_reaches_beyond_the_picture_or_into_a_track(plot: Plot) -> None:
    at = plot_svg.layout(plot)
    assert at.height < 400
    for placed in at.rows:
        label = plot_svg.MARGIN + WIDEST * plot_svg.FONT * len(placed.row.label)
        if placed.track == placed.text:  # beside the track
            assert label <= at.left
        value = WIDTH - plot_svg.MARGIN - at.texts
        assert label <= value
        texts = (plot_svg.FONT * len(placed.row.value), plot_svg.SMALL * len(placed.row.detail))
        assert WIDEST * sum(texts) <= at.texts
        assert at.right <= (value if placed.track == placed.text else WIDTH - plot_svg.MARGIN)
    for x, _, _, words in at.keys:
        assert x + plot_svg.KEY + WIDEST * plot_svg.SMALL * len(words) <= WIDTH


def test_labels_stand_above_where_they_leave_no_room_for_a_track() -> None:
    assert all(placed.track > placed.text for placed in plot_svg.layout(LONG_PLOT).rows)
    assert all(placed.track == placed.text for placed in plot_svg.layout(PLOT).rows)


@PLOTS
def test_tracks_are_readable(plot: Plot) -> None:
    at = plot_svg.layout(plot)
    assert at.track >= plot_svg.TRACK_MIN * (WIDTH - 2 * plot_svg.MARGIN)


def test_every_row_is_drawn_and_described() -> None:
    root = tree(PLOT)
    texts = [element.text for element in root.iter(f"{SVG}text")]
    assert {"<A> v B", "+10%", "4 to 15%", "-40%", "+106%"} <= set(texts)
    description = root.find(f"{SVG}desc")
    assert description is not None
    assert (description.text or "").startswith("<A> v B: +10% (4 to 15%). C v D: +11%")


def test_a_file_loads_nothing_and_needs_no_style_of_a_page() -> None:
    for theme in COLORS:
        text = plot_svg.render(BARS, theme)
        assert "var(" not in text
        assert "currentColor" not in text
        assert re.findall(r'(?:href|src)="', text) == []
        assert set(re.findall(r"url\(([^)]*)\)", text)) <= {"#hatch-cpu"}


def test_both_themes_draw_the_same_in_other_colours() -> None:
    light, dark = (plot_svg.render(PLOT, theme) for theme in ("light", "dark"))
    colour = re.compile("#[0-9a-f]{6}")
    assert light != dark
    assert colour.sub("", light) == colour.sub("", dark)
