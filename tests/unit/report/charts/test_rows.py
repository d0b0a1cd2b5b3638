"""One row: a value, its interval, or why it is missing."""

from levelbench.analysis.derive import derive
from levelbench.model.estimate import UNDEFINED, Estimate, Interval
from levelbench.report.charts.rows import ends, estimate_row
from tests.unit.factories import make_run

RESULTS = derive(make_run(blocks=1, reference=True, control=None))
FLASK, BASELINE = RESULTS.services["flask"], RESULTS.services["floor"]


def test_a_value_without_an_interval_says_why() -> None:
    row = estimate_row(FLASK, Estimate(value=41.3), "/a")
    assert (row.value, row.detail, row.figure) == ("41.3", "", "/a")
    assert row.marks[0].title == "41.3 (fewer than 3 valid measurements)"
    assert row.tone == ""


def test_a_bound_is_hollow() -> None:
    row = estimate_row(FLASK, Estimate(value=120.0, bound="at_least"), None)
    assert (row.value, row.marks[0].kind) == ("≥ 120", "hollow")


def test_an_undefined_value_is_a_dash_with_its_reason() -> None:
    for estimate in (None, UNDEFINED):
        row = estimate_row(FLASK, estimate, "/a", "too few requests")
        assert (row.value, row.detail, row.marks, row.tone) == (
            "—",
            "too few requests",
            (),
            "muted",
        )


def test_a_baseline_is_grey() -> None:
    assert estimate_row(BASELINE, Estimate(value=1.0), None).tone == "muted"


def test_the_axis_holds_every_bound() -> None:
    bounds = Interval(low=40.0, high=43.0)
    row = estimate_row(FLASK, Estimate(value=41.3, confidence_interval=bounds), None)
    assert ends([row]) == [41.3, 40.0, 43.0]
