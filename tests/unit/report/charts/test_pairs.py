"""The first picture: which pairs it shows, and what it claims of each."""

from functools import cache

import pytest
from syrupy.assertion import SnapshotAssertion

from levelbench.analysis.derive import derive
from levelbench.model.results import Results
from levelbench.report import plot_text
from levelbench.report.charts import pairs
from levelbench.report.plot import Plot
from levelbench.report.status import status
from tests.unit.factories import NOISY, UNEVEN, make_run, under
from tests.unit.factories.kinds import KINDS

CONTESTANTS_OF_MANY = 23


@cache
def results(kind: str) -> Results:
    return derive(KINDS[kind]())


def picture(found: Results) -> Plot:
    plot = pairs.first_picture(found)
    assert plot is not None
    return plot


def marks(plot: Plot) -> list[str]:
    return [row.marks[0].kind if row.marks else "" for row in plot.rows]


@pytest.mark.parametrize("kind", ["standard", "quick", "disturbed", "many", "hostile"])
def test_the_picture_as_text(kind: str, snapshot: SnapshotAssertion) -> None:
    assert plot_text.render(picture(results(kind))) == snapshot


@pytest.mark.parametrize("kind", ["one", "smoke", "nothing", "partial"])
def test_a_run_that_compares_no_pair_has_no_picture(kind: str) -> None:
    assert pairs.first_picture(results(kind)) is None


def test_each_pair_begins_with_the_larger_value_and_the_largest_is_on_top() -> None:
    *rows, control = picture(results("standard")).rows
    values = [row.marks[0].value or 0 for row in rows]
    assert len(rows) == 6
    assert values == sorted(values, reverse=True)
    assert min(values) >= 1
    assert rows[0].label == "Starlette v Flask"
    assert control.group == "control"


@pytest.mark.parametrize("kind", ["standard", "quick", "many"])
def test_every_figure_is_the_one_of_results_json(kind: str) -> None:
    found = results(kind)
    plot = picture(found)
    for row in (*plot.rows, *plot.more):
        assert row.figure is not None
        _, _, workload, part, *rest = row.figure.split("/")
        measured = found.workloads[workload]
        if part == "control":
            assert measured.control is not None
            ratio = measured.control.ratio
        else:
            ratio = measured.comparisons[int(rest[0])].ratio
        assert ratio.value is not None
        turned = row.reading == "inverse change"
        assert row.marks[0].value == (1 / ratio.value if turned else ratio.value)


def test_only_what_is_clear_of_the_tie_is_filled() -> None:
    found = results("quick")
    plot = picture(found)
    assert plot.axis.band is not None
    for row in plot.rows:
        (mark,) = row.marks
        assert mark.low is not None
        assert (mark.kind == "filled") == (row.group != "control" and mark.low > plot.axis.band[1])


def test_a_run_that_is_not_publishable_shows_no_difference() -> None:
    plot = picture(results("disturbed"))
    assert "filled" not in marks(plot)
    assert {row.tone for row in plot.rows if row.group != "control"} == {"muted"}
    assert not any("shown" in words for _, words in plot.legend)


@pytest.mark.parametrize("kind", ["standard", "quick", "disturbed", "partial", "failed", "smoke"])
def test_the_picture_decides_where_the_status_does(kind: str) -> None:
    assert status(results(kind), KINDS[kind]()).decides == results(kind).publishable


def test_a_pair_without_an_interval_says_so() -> None:
    rows = [row for row in picture(results("disturbed")).rows if not row.marks]
    assert [(row.value, row.detail, row.figure) for row in rows] == [("—", "no interval", None)] * 3


def test_a_biased_lab_shows_no_difference_and_marks_its_control() -> None:
    run = make_run(control_factor=UNEVEN)
    plot = picture(derive(run))
    assert "filled" not in marks(plot)
    assert plot.rows[-1].tone == "bad"


def test_a_noisy_control_is_marked() -> None:
    *rows, control = picture(derive(make_run(control_factor=NOISY))).rows
    assert control.label == "FastAPI measured twice"
    assert control.tone == "bad"
    assert all(row.tone == "muted" for row in rows)


def test_a_run_without_a_control_has_no_such_row() -> None:
    plot = picture(derive(make_run(control=None)))
    assert [row.group for row in plot.rows] == [""] * 6
    assert "cross" not in dict(plot.legend)


def test_of_many_contestants_neighbours_and_the_ends_are_shown() -> None:
    plot = picture(results("many"))
    shown = [row for row in plot.rows if row.group != "control"]
    assert len(shown) == CONTESTANTS_OF_MANY  # 22 pairs of neighbours, and the first with the last
    assert len(shown) + len(plot.more) == CONTESTANTS_OF_MANY * (CONTESTANTS_OF_MANY - 1) // 2
    assert plot.more_title == f"{len(plot.more)} more pairs"
    assert shown[0].marks[0].value == max(row.marks[0].value or 0 for row in (*shown, *plot.more))


def test_a_latency_is_compared_as_how_much_higher_it_was() -> None:
    run = under(make_run(), "open-80", vus=200, rate_rps=144)
    plot = picture(derive(run))
    assert plot.title == "How much higher the first one's p95 latency was"
    assert plot.rows[0].label.startswith("Django v ")


def test_the_axis_is_the_same_in_every_run() -> None:
    axes = {
        (plot.axis.low, plot.axis.high, plot.axis.ticks)
        for plot in map(picture, map(results, ("standard", "quick", "disturbed", "many")))
    }
    assert axes == {(pairs.LOW, pairs.HIGH, pairs.TICKS)}
