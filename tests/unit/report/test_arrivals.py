"""Reports of open workloads and of capacity."""

from pathlib import Path

import pytest

from levelbench import report
from levelbench.analysis.claims.judge import judged
from levelbench.analysis.derive import derive
from levelbench.model.folder import Run
from levelbench.model.results import load_results
from levelbench.report.charts import all_charts
from levelbench.report.tables.contestants import head_to_head
from tests.unit.factories import write_run
from tests.unit.factories.loads import capacity_run, open_run


def test_an_open_load_ranks_the_lowest_latency_first() -> None:
    results = derive(open_run())
    services = results.workloads["open-50"].services
    assert services["starlette"].rank == (1, 2)
    assert services["django"].rank == (4, 4)
    table = head_to_head(results, "open-50")
    assert [row[0].text for row in table.rows][-1] == "Django"
    assert "90 requests/s" in table.notes[0]
    assert not any("†" in column.label for column in table.columns)


def test_capacity_is_the_mean_of_the_middles_between_what_held_and_what_did_not() -> None:
    run = capacity_run()
    results = derive(run)
    estimate = results.workloads["capacity"].services["flask"].metrics["capacity_rps"]
    assert estimate
    middles = [130 * factor * 1.1**0.5 for factor in (1.05, 1, 1.05, 1, 1.05)]
    assert estimate.value == pytest.approx(sum(middles) / 5)


def test_a_ladder_shows_its_capacity_and_no_throughput() -> None:
    table = head_to_head(derive(capacity_run()), "capacity")
    labels = [column.label for column in table.columns]
    assert "Capacity, requests/s" in labels
    assert not any("Throughput" in label for label in labels)


@pytest.mark.parametrize(
    ("run", "chart"),
    [
        (open_run(), "Latency with 95% intervals"),
        (capacity_run(), "Capacity with 95% intervals"),
    ],
)
def test_the_chart_shows_the_primary_metric(run: Run, chart: str) -> None:
    (workload,) = run.record.workloads
    first, *_ = all_charts(derive(run), run, workload)
    assert first.title.startswith(chart)


@pytest.mark.parametrize("run", [open_run(), capacity_run()])
def test_the_whole_report_is_written(tmp_path: Path, run: Run) -> None:
    report.build(write_run(tmp_path, run))
    assert load_results(tmp_path) == judged(derive(run))
    assert "WORKLOAD=" in (tmp_path / "report.md").read_text()
