"""Panels of isolated endpoints: their order, their axes, their values."""

from functools import cache

from levelbench.analysis.derive import derive
from levelbench.analysis.text import interval, value_text
from levelbench.model.metrics import CPU
from levelbench.model.results import Results
from levelbench.model.vocabulary import ENDPOINTS
from levelbench.report.charts import endpoints
from levelbench.report.plot import Plot
from tests.unit.factories import alone


@cache
def results() -> Results:
    return derive(alone.make_run())


@cache
def panels() -> dict[str, Plot]:
    return {plot.title: plot for plot in endpoints.panels(results(), "endpoints")}


def test_all_panels_have_the_same_rows_in_one_order() -> None:
    assert list(panels()) == list(ENDPOINTS)
    orders = {tuple(row.label for row in plot.rows) for plot in panels().values()}
    assert len(orders) == 1
    (order,) = orders
    assert order[-2:] == ("Django", "Bare ASGI")


def test_a_row_is_the_value_with_its_interval_and_its_place() -> None:
    estimate = results().workloads["endpoints"].services["django"].endpoints["list"].estimate(CPU)
    assert estimate is not None
    assert estimate.confidence_interval is not None
    (row,) = [row for row in panels()["list"].rows if row.label == "Django"]
    (mark,) = row.marks
    bounds = estimate.confidence_interval
    assert (mark.value, mark.low, mark.high) == (estimate.value, bounds.low, bounds.high)
    assert (row.value, row.detail) == (value_text(estimate), interval(estimate))
    assert row.figure == (
        "/workloads/endpoints/services/django/endpoints/list/cpu_ms_per_request/service"
    )


def test_endpoints_that_hash_share_an_axis_of_their_own() -> None:
    axes = {title: plot.axis for title, plot in panels().items()}
    assert axes["register"] == axes["login"]
    assert axes["list"] == axes["detail"] == axes["task"]
    assert axes["register"].high > 2 * axes["list"].high
    assert "register and login hash a password" in endpoints.TEXT


def test_the_baseline_is_grey() -> None:
    tones = {row.label: row.tone for row in panels()["list"].rows}
    assert tones == {"Starlette": "", "FastAPI": "", "Django": "", "Bare ASGI": "muted"}


def test_a_contestant_without_an_endpoint_keeps_its_row() -> None:
    found = results().model_copy(deep=True)
    services = found.workloads["endpoints"].services
    del services["django"].endpoints["task"]
    (task,) = [p for p in endpoints.panels(found, "endpoints") if p.title == "task"]
    (row,) = [row for row in task.rows if row.label == "Django"]
    assert (row.value, row.marks, row.figure) == ("—", (), None)


def test_without_a_measurement_there_is_no_panel() -> None:
    run = alone.make_run(blocks=1).model_copy(update={"trials": ()})
    assert endpoints.panels(derive(run), "endpoints") == ()
