"""Reports of open workloads and of capacity."""

from pathlib import Path

import pytest

from levelbench import report
from levelbench.analysis.claims.judge import judged
from levelbench.analysis.derive import derive
from levelbench.model.folder import Run
from levelbench.model.results import load_results
from levelbench.report.tables.contestants import head_to_head
from tests.unit.factories import make_run, under, write_run
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


@pytest.mark.parametrize("run", [open_run(), capacity_run()])
def test_the_whole_report_is_written(tmp_path: Path, run: Run) -> None:
    report.build(write_run(tmp_path, run))
    assert load_results(tmp_path) == judged(derive(run))
    assert "WORKLOAD=" in (tmp_path / "report.md").read_text()


def test_the_cpu_in_use_at_an_open_rate_is_shown() -> None:
    """On 5a844a9 it was in one folded table of the report only."""
    results = derive(open_run())
    found = results.workloads["open-50"].services["django"].metrics["cpu_share_of_limit"]
    assert found.value == pytest.approx(0.97, abs=0.01)
    for terminal in (False, True):
        table = head_to_head(results, "open-50", terminal=terminal)
        (place,) = [i for i, column in enumerate(table.columns) if "CPU" in column.label
                    and "%" in table.rows[-1][i].text]  # fmt: skip
        assert table.rows[-1][place].text.startswith("97")


@pytest.mark.parametrize(
    ("arrivals", "words"), [("even", "evenly spaced"), ("poisson", "Poisson arrivals")]
)
def test_the_table_says_how_requests_arrive(arrivals: str, words: str) -> None:
    run = under(make_run(), "open-50", vus=200, rate_rps=90, arrivals=arrivals)
    assert words in head_to_head(derive(run), "open-50").notes[0]
