"""Capacity, and latency by offered rate."""

from functools import cache

from levelbench.analysis.derive import derive
from levelbench.model.folder import Run
from levelbench.model.results import Results
from levelbench.report.charts import capacity
from levelbench.report.plot import Plot
from levelbench.report.tables import ladder
from tests.unit.factories import make_run
from tests.unit.factories.standard import OBJECTIVE_MS, standard_run


@cache
def run() -> Run:
    return standard_run(blocks=1, others=5)


@cache
def results() -> Results:
    return derive(run())


@cache
def panels() -> tuple[Plot, ...]:
    return capacity.panels(results(), run(), "capacity")


def test_each_contestant_has_its_capacity_with_an_interval() -> None:
    (plot,) = capacity.rates(results(), "capacity")
    estimate = results().workloads["capacity"].services["flask"].metrics["capacity_rps"]
    (flask,) = [row for row in plot.rows if row.label == "Flask"]
    assert flask.marks[0].value == estimate.value
    assert flask.figure == "/workloads/capacity/services/flask/capacity_rps"
    assert plot.title == f"Requests/s with a p95 latency of at most {OBJECTIVE_MS} ms"


def test_panels_reach_from_the_lowest_to_the_highest_rate_with_a_latency() -> None:
    assert len(panels()) == capacity.PANELS
    ladders = [
        ladder.of_contestant(run(), "capacity", name)
        for name, service in run().record.services.items()
        if service.role == "contestant"
    ]
    held = max(
        place
        for own in ladders
        for place, step in enumerate(own)
        if step.latency_p95_ms.value is not None
    )
    assert [panels()[0].id, panels()[-1].id] == ["capacity-at-0", f"capacity-at-{held}"]


def test_all_panels_share_order_and_axis_with_a_zone_beyond_the_objective() -> None:
    assert len({tuple(row.label for row in plot.rows) for plot in panels()}) == 1
    assert len({plot.axis for plot in panels()}) == 1
    axis = panels()[0].axis
    assert axis.band == (OBJECTIVE_MS, axis.high)
    assert axis.high > OBJECTIVE_MS


def test_latency_of_a_contestant_grows_until_it_is_offered_no_more() -> None:
    flask = [row for plot in panels() for row in plot.rows if row.label == "Flask"]
    values = [row.marks[0].value for row in flask if row.marks]
    assert len(values) > 1
    assert values == sorted(values, key=lambda value: value or 0.0)
    gone = [row.detail for row in flask if not row.marks]
    assert gone
    assert all(detail.startswith(("not offered", "dropped in", "offered in")) for detail in gone)


def test_few_rates_have_a_panel_each() -> None:
    assert capacity.spread(3) == [0, 1, 2]
    assert capacity.spread(20) == [0, 4, 8, 11, 15, 19]


def test_a_load_without_a_ladder_has_none() -> None:
    closed = make_run(blocks=1)
    assert capacity.panels(derive(closed), closed, "closed") == ()
    assert capacity.rates(derive(closed), "closed") == ()
