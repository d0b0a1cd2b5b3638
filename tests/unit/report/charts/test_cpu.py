"""Layers of CPU time: what they add up to, and what is said where one is missing."""

import pytest

from levelbench.analysis.derive import derive
from levelbench.analysis.text import interval, value_text
from levelbench.model.folder import Run
from levelbench.model.metrics import CPU_OF
from levelbench.model.results import Results
from levelbench.report.charts import cpu
from levelbench.report.plot import Mark, Plot, Row
from tests.unit.factories import make_run


def bars(results: Results, workload: str = "closed") -> Plot:
    (plot,) = cpu.bars(results, workload)
    return plot


def row(plot: Plot, label: str) -> Row:
    (found,) = [row for row in plot.rows if row.label == label]
    return found


def by_layer(found: Row) -> dict[str, Mark]:
    return {mark.layer: mark for mark in found.marks}


def test_layers_stand_on_the_baseline_of_the_contestants_interface() -> None:
    results = derive(make_run(reference=True, wsgi_reference=True))
    plot = bars(results)
    fastapi, flask = by_layer(row(plot, "FastAPI")), by_layer(row(plot, "Flask"))
    assert list(fastapi) == ["baseline", "framework", "worker", "postgres", "other", "generator"]
    assert fastapi["baseline"].high == pytest.approx(0.5, rel=0.01)
    assert flask["baseline"].high == pytest.approx(0.9, rel=0.01)
    assert fastapi["framework"].high == pytest.approx(2.4, rel=0.01)
    assert fastapi["generator"].kind == "hatched"
    assert list(by_layer(row(plot, "Bare ASGI")))[:2] == ["baseline", "worker"]
    assert "bare ASGI (FastAPI and Starlette) or bare WSGI (Django and Flask)" in plot.description


def test_layers_touch_each_other_and_add_up_to_all_that_was_measured() -> None:
    results = derive(make_run(reference=True))
    services = results.workloads["closed"].services
    for name in services:
        found = row(bars(results), results.services[name].display_name)
        starts = [mark.low for mark in found.marks]
        assert starts == [0, *(mark.high for mark in found.marks[:-1])]
        costs = [services[name].metrics[metric.name].value or 0.0 for metric in CPU_OF.values()]
        assert found.marks[-1].high == pytest.approx(sum(costs))
        total = services[name].metrics["cpu_ms_per_request.total"]
        assert total.value == pytest.approx(sum(costs[:-1]))
        assert (found.value, found.detail) == (value_text(total), interval(total))
        assert found.figure == f"/workloads/closed/services/{name}/cpu_ms_per_request/total"


def test_without_a_baseline_the_contestants_part_is_whole_and_the_chart_says_so() -> None:
    plot = bars(derive(make_run()))
    assert list(by_layer(plot.rows[0]))[:2] == ["contestant", "worker"]
    assert "No baseline was measured" in plot.description
    assert "PROFILE=standard" in plot.description


def test_a_baseline_that_used_more_leaves_nothing_to_the_framework() -> None:
    results = derive(make_run(reference=True, throughput={"floor-like": 400.0}, control=None))
    services = results.workloads["closed"].services
    cheap = services["floor-like"].model_copy(
        update={
            "metrics": services["floor-like"].metrics
            | {"cpu_ms_per_request.service": services["floor"].metrics["cpu_ms_per_request.worker"]}
        }
    )
    found = cpu.layers(services | {"floor-like": cheap}, "floor-like")
    assert found["baseline"] == pytest.approx(0.1)
    assert "framework" not in found


def test_a_container_that_was_not_counted_leaves_no_total() -> None:
    run = make_run(blocks=3, control=None)
    trials = [
        trial.model_copy(
            update={"resources": {k: v for k, v in trial.resources.items() if k != "worker"}}
        )
        for trial in run.trials
    ]
    plot = bars(derive(Run(record=run.record, trials=tuple(trials))))
    assert {row.value for row in plot.rows} == {"—"}
    assert {row.detail for row in plot.rows} == {"Worker not counted"}


def test_a_load_without_cpu_time_has_no_bars() -> None:
    run = make_run(throughput={"flask": 90.0}, control=None, failed="flask")
    assert cpu.bars(derive(run), "closed") == ()


def test_the_layers_of_the_first_bar_are_labelled() -> None:
    plot = bars(derive(make_run(blocks=1, reference=True)))
    labels = plot.layer_labels
    assert [label.text for label in labels][:2] == ["baseline", "framework and ORM"]
    assert {"worker", "PostgreSQL", "load generator"} <= {label.text for label in labels}
    assert [label.place for label in labels] == sorted(label.place for label in labels)
