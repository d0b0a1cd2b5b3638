"""The model of drawings, and its rows in HTML."""

import math
import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import Environment, PackageLoader, StrictUndefined

from levelbench.report.plot import (
    Axis,
    Mark,
    Plot,
    Row,
    change,
    linear,
    logarithmic,
    significant,
)

RATIOS = Axis(0.75, 1.5, (0.75, 1.0, 1.25, 1.5), "%", log=True, band=(1 / 1.02, 1.02), change=True)
PLOT = Plot(
    "pairs",
    "How many more",
    "At full speed.",
    RATIOS,
    (
        Row("<A> v B", (Mark("filled", 1.1, 1.04, 1.15, title="x < y"),), "+10%", "4 to 15%",
            figure="/a/0", reading="change"),
        Row("C v D", (Mark("hollow", 1.11, 0.6, 2.06),), "+11%", "-40 to 106%"),
        Row("E twice", (Mark("cross", 1.0, 0.97, 1.05),), "0%", group="control"),
    ),
    legend=(("filled", "shown"), ("band", "tie")),
)  # fmt: skip


def html(plot: Plot) -> str:
    environment = Environment(
        loader=PackageLoader("levelbench.report"), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    source = '{% from "plot.html.j2" import plot %}{{ plot(p) }}'
    return environment.from_string(source).render(p=plot)


def test_a_linear_axis_places_values_between_its_ends() -> None:
    axis = Axis(0, 200, (0, 100, 200), "ms")
    assert [axis.place(value) for value in (-5, 0, 50, 200, 300, math.inf)] == [
        0, 0, 0.25, 1, 1, 1,
    ]  # fmt: skip


def test_a_logarithmic_axis_places_ratios_and_their_reciprocals_alike() -> None:
    axis = replace(RATIOS, low=0.5, high=2.0)
    assert axis.place(1.0) == pytest.approx(0.5)
    assert axis.place(1.25) == pytest.approx(1 - axis.place(0.8))
    assert [axis.place(value) for value in (0, 0.1, 9, math.inf)] == [0, 0, 1, 1]


def test_a_value_beyond_the_axis_is_not_on_it() -> None:
    assert [RATIOS.has(value) for value in (None, 0.7, 0.75, 1.5, 1.51)] == [
        False, False, True, True, False,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("ratio", "text"),
    [(1.0, "0%"), (1.1, "+10%"), (0.6, "-40%"), (1.004, "+0.4%"), (0.996, "-0.4%"),
     (1.0004, "0%"), (0.9996, "0%"), (12.345, "+1,130%"), (0.99, "-1%")],
)  # fmt: skip
def test_a_change_is_a_signed_percentage(ratio: float, text: str) -> None:
    assert change(ratio) == text


def test_a_change_has_the_decimals_of_a_narrow_interval() -> None:
    assert change(1.062, 1) == "+6.2%"
    assert change(2.227, 1) == "+123%"


@given(st.floats(1e-6, 1e9))
def test_a_number_has_at_most_three_significant_digits(value: float) -> None:
    digits = significant(value).replace(",", "").replace(".", "").strip("0")
    assert len(digits) <= 3
    assert float(significant(value).replace(",", "")) == pytest.approx(value, rel=0.006)


def test_an_end_that_is_not_known_has_no_number() -> None:
    assert [RATIOS.beyond(bound) for bound in (math.inf, 0.0, 2.06, 0.6)] == [
        "", "", "+106%", "-40%",
    ]  # fmt: skip
    assert Axis(0, 1, (0, 1), "ms").beyond(1250.0) == "1,250"


def test_a_dot_next_to_an_arrow_takes_the_room_of_its_number() -> None:
    assert [RATIOS.beyond(1.6, value) for value in (1.1, 1.45, 1.55)] == ["+60%", "", "+60%"]


def test_the_last_tick_names_the_unit() -> None:
    axis = linear([3, 7.3, None], "ms")
    assert [axis.tick_text(tick) for tick in axis.ticks] == ["0", "2", "4", "6", "8 ms"]
    assert [RATIOS.tick_text(tick) for tick in RATIOS.ticks] == ["-25%", "0", "+25%", "+50%"]


@given(st.lists(st.floats(1e-3, 1e6), min_size=1))
def test_axes_reach_around_all_values_with_few_ticks(values: list[float]) -> None:
    for axis in (linear(values, "ms"), logarithmic(values, "ms")):
        assert axis.low <= min(values) * (1 + 1e-6)
        assert max(values) * (1 - 1e-6) <= axis.high
        assert 2 <= len(axis.ticks) <= 12


def test_an_axis_without_values_is_an_axis() -> None:
    assert linear([None], "ms").ticks[0] == 0


def test_several_marks_are_spoken_one_is_not() -> None:
    one, two = Mark("bar", None, 0, 2, title="framework 2 ms"), Mark("hatched", None, 2, 3)
    assert Row("A", (one,), "2").spoken == ""
    assert Row("A", (one, two), "3").spoken == "framework 2 ms"


def test_a_row_in_html_has_label_value_figure_and_tooltip() -> None:
    text = html(PLOT)
    assert '<span class="label">&lt;A&gt; v B</span>' in text
    assert (
        '<span class="value" data-figure="/a/0" data-reading="change">+10%'
        "<small>4 to 15%</small></span>"
    ) in text
    assert "<title>x &lt; y</title>" in text
    assert text.count('<li class="row') == 3


def test_the_shape_of_a_mark_is_spoken() -> None:
    spoken = re.findall(r'<span class="spoken">([^<]*)</span>', html(PLOT))
    assert spoken == [", shown"]  # the legend has no words for the other two


def test_an_interval_beyond_the_axis_ends_in_arrows_with_their_numbers() -> None:
    caps = re.findall(r'<text class="cap[^>]*>([^<]*)</text>', html(PLOT))
    assert caps == ["-40%", "+106%"]


def test_a_value_beyond_the_axis_has_no_dot() -> None:
    beyond = replace(PLOT, rows=(Row("A v B", (Mark("filled", 2.0, 1.8, 2.2),), "+100%"),))
    assert "<circle" not in html(replace(beyond, legend=()))


def test_rows_that_are_many_are_folded() -> None:
    text = html(replace(PLOT, more=(PLOT.rows[1],) * 3, more_title="3 more pairs"))
    assert "<summary>3 more pairs</summary>" in text
    assert text.count('<li class="row') == 6


def test_every_reference_within_a_drawing_has_its_target() -> None:
    text = html(replace(PLOT, rows=(Row("A", (Mark("hatched", None, 0.8, 1.2),), "x"),)))
    identities = set(re.findall(r'id="([^"]+)"', text))
    assert set(re.findall(r'href="#([^"]+)"', text)) <= identities
    assert set(re.findall(r"url\(#([^)]+)\)", text)) <= identities


LAYERS = Plot(
    "cpu",
    "CPU",
    "",
    linear([10], "ms"),
    (
        Row(
            "A",
            (
                Mark("bar", None, 0, 1, "baseline"),
                Mark("bar", None, 1, 4, "framework"),
                Mark("bar", None, 4, 4.05, "other"),
                Mark("hatched", None, 4.05, 5, "generator"),
            ),
            "4",
        ),
    ),
    legend=(("baseline", "baseline"), ("framework", "framework and ORM"), ("other", "Redis"),
            ("generator", "load generator")),
)  # fmt: skip


def test_layers_are_labelled_above_the_first_bar_as_stairs() -> None:
    labels = [(label.text, label.place, label.line) for label in LAYERS.layer_labels]
    assert labels == [
        ("baseline", 0, 0), ("framework and ORM", 10, 1),
        ("load generator", 40.5, 2),
    ]  # fmt: skip
    text = html(LAYERS)
    assert text.count('<line class="leader"') == 3
    assert '<ul class="legend"' not in text


def test_labels_without_room_give_way_to_a_legend_of_their_patterns() -> None:
    words = {**dict(LAYERS.legend), "generator": "load generator, which is not the contestant's"}
    narrow = replace(LAYERS, legend=tuple(words.items()))
    assert narrow.layer_labels == ()
    text = html(narrow)
    assert '<ul class="legend"' in text
    assert '<g class="mark generator"><rect class="hatched" fill="url(#hatch-cpu)"' in text
