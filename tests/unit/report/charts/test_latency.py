"""Panels of latency at a fixed rate."""

from levelbench.analysis.derive import derive
from levelbench.report.charts import latency
from tests.unit.factories import make_run, under
from tests.unit.factories.loads import open_run


def test_the_middle_and_the_tail_share_rows_and_axis() -> None:
    results = derive(open_run())
    panels = latency.panels(results, "open-50")
    assert [plot.title for plot in panels] == ["p50 latency", "p95 latency", "p99 latency"]
    assert len({plot.axis for plot in panels}) == 1
    assert panels[0].axis.log
    assert len({tuple(row.label for row in plot.rows) for plot in panels}) == 1
    (flask,) = [row for row in panels[1].rows if row.label == "Flask"]
    estimate = results.workloads["open-50"].services["flask"].metrics["latency_p95_ms"]
    assert flask.marks[0].value == estimate.value
    assert flask.figure == "/workloads/open-50/services/flask/latency_p95_ms"


def test_a_percentile_of_too_few_requests_is_a_dash() -> None:
    results = derive(open_run())
    p99 = {row.label: (row.value, row.detail) for row in latency.panels(results, "open-50")[2].rows}
    assert p99["Django"] == ("—", "too few requests")  # 1,800 of 2,000
    assert p99["FastAPI"][0] != "—"


def test_a_percentile_that_no_contestant_has_is_left_out() -> None:
    slow = make_run(throughput={"django": 50.0, "flask": 60.0}, control=None)
    run = under(slow, "open-80", rate_rps=40)
    shown = [plot.title for plot in latency.panels(derive(run), "open-80")]
    assert shown == ["p50 latency", "p95 latency"]


def test_the_text_says_how_requests_arrive() -> None:
    run = under(make_run(), "open-50", rate_rps=90, arrivals="poisson")
    text = latency.text(derive(run), "open-50")
    assert text.startswith("Every contestant receives 90 requests/s, at random (Poisson arrivals).")
