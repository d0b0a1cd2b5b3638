"""Reports of open loads and of ladders of rates: latency at equal load, and capacity."""

from pathlib import Path
from typing import Any

import pytest

from levelbench import report
from levelbench.analysis.claims.judge import judged
from levelbench.analysis.derive import derive
from levelbench.model.folder import Run
from levelbench.model.results import load_results
from levelbench.model.trial import TrialRecord
from levelbench.report.answer import answer
from levelbench.report.charts import all_charts
from levelbench.report.tables.contestants import head_to_head
from tests.unit.factories import make_run, under, write_run

CAPACITY = {"django": 110.0, "fastapi": 210.0, "flask": 130.0, "starlette": 220.0}


def open_run() -> Run:
    return under(make_run(), "open-50", vus=200, rate_rps=90)


def ladder() -> Run:
    def held(trial: TrialRecord) -> dict[str, Any]:
        step = 10.0 * (trial.block % 2)
        return {"capacity_rps": CAPACITY[trial.service] + step, "capacity_is_lower_bound": False}

    return under(make_run(), "capacity", objective_ms=200, steps_rps=[90, 99], trial=held)


def test_an_open_load_is_answered_by_latency_at_its_rate() -> None:
    run = open_run()
    found, _ = answer(derive(run), run)
    assert found.startswith("At 90 requests a second ")
    assert "latency p95 was" in found
    assert "requests a second;" not in found


def test_an_open_load_ranks_the_lowest_latency_first() -> None:
    results = derive(open_run())
    services = results.workloads["open-50"].services
    assert services["starlette"].rank == (1, 2)
    assert services["django"].rank == (4, 4)
    table = head_to_head(results, "open-50")
    assert [row[0].text for row in table.rows][-1] == "django"
    assert "Every contestant is sent 90 requests a second" in table.notes[0]
    assert not any("†" in column.label for column in table.columns)


def test_a_ladder_is_answered_by_the_highest_rate_that_held() -> None:
    run = ladder()
    results = derive(run)
    estimate = results.workloads["capacity"].services["flask"].metrics["capacity_rps"]
    assert estimate
    assert estimate.value == pytest.approx(136)
    found, _ = answer(results, run)
    assert found.startswith("Within 200 ms at the 95th percentile ")
    assert "starlette handled" in found or "starlette and fastapi" in found


def test_a_ladder_shows_its_capacity_and_no_throughput() -> None:
    table = head_to_head(derive(ladder()), "capacity")
    labels = [column.label for column in table.columns]
    assert "Capacity, requests/s" in labels
    assert not any("Throughput" in label for label in labels)


def test_a_closed_load_has_no_capacity() -> None:
    flask = derive(make_run()).workloads["closed"].services["flask"]
    assert "capacity_rps" not in flask.metrics


@pytest.mark.parametrize(
    ("run", "chart"),
    [
        (open_run(), "Latency at equal load, with 95% intervals"),
        (ladder(), "Capacity with 95% intervals"),
    ],
)
def test_the_chart_shows_the_primary_metric(run: Run, chart: str) -> None:
    (workload,) = run.record.workloads
    first, *_ = all_charts(derive(run), run, workload)
    assert first.title.startswith(chart)


@pytest.mark.parametrize("run", [open_run(), ladder()])
def test_the_whole_report_is_written(tmp_path: Path, run: Run) -> None:
    report.build(write_run(tmp_path, run))
    assert load_results(tmp_path) == judged(derive(run))
    assert "WORKLOAD=" in (tmp_path / "report.md").read_text()
