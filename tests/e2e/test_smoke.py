"""`levelbench bench --profile smoke` as a user runs it, its results read back."""

import csv
import json
import statistics
from pathlib import Path

import pytest

from levelbench.lab import engines, sites
from levelbench.model.folder import load_run
from levelbench.model.metrics import CPU_OF
from levelbench.model.results import Results, load_results
from levelbench.model.trial import SECONDS_FILE
from levelbench.model.vocabulary import CONTAINERS, ENDPOINTS
from levelbench.report.live import read_seconds
from tests import selected
from tests.e2e.commands import bench

CONTESTANTS = [n for n, one in selected.services().items() if one.spec.role == "contestant"]


@pytest.fixture(scope="module")
def run_folder() -> Path:
    return bench("--profile=smoke", f"--services={','.join(CONTESTANTS)}", "--live=1")


@pytest.fixture(scope="module")
def results(run_folder: Path) -> Results:
    return load_results(run_folder)


def test_is_complete_and_valid_but_not_publishable(results: Results) -> None:
    assert results.status == "complete"
    assert results.valid
    assert not results.publishable


def test_measures_every_contestant(results: Results) -> None:
    assert sorted(results.workloads["closed"].services) == CONTESTANTS


@pytest.mark.parametrize("name", CONTESTANTS)
def test_measures_every_endpoint(results: Results, name: str) -> None:
    service = results.workloads["closed"].services[name]
    assert set(service.endpoints) == set(ENDPOINTS)
    assert all(endpoint.requests > 0 for endpoint in service.endpoints.values())
    assert service.error_rate is not None
    assert service.error_rate < 0.001


@pytest.mark.parametrize("name", CONTESTANTS)
def test_loses_no_task(results: Results, name: str) -> None:
    tasks = results.workloads["closed"].services[name].tasks
    assert tasks is not None
    assert tasks.accepted == tasks.completed > 0
    assert tasks.lost == 0
    assert tasks.open_at_end.value is not None
    assert tasks.drain_s.value is not None


@pytest.mark.parametrize("name", CONTESTANTS)
def test_accounts_for_the_processor_time_of_every_container(results: Results, name: str) -> None:
    cost = results.workloads["closed"].services[name].metrics
    assert all((cost[CPU_OF[container].name].value or 0) > 0 for container in CONTAINERS)


def test_claims_no_interval_from_one_trial(results: Results) -> None:
    for service in results.workloads["closed"].services.values():
        assert service.metrics["throughput_rps"].value is not None
        assert service.metrics["throughput_rps"].confidence_interval is None


def test_keeps_the_evidence_of_each_trial(run_folder: Path) -> None:
    trials = sorted((run_folder / "trials").iterdir())
    assert len(trials) >= len(CONTESTANTS)  # more where one had to be run again
    for trial in trials:
        found = {path.name for path in trial.iterdir()}
        assert found >= {"trial.json", "k6-summary.json", "resources.json", "tasks.csv",
                         "seconds.csv", "service.log", "worker.log", "k6.log"}  # fmt: skip
        record = json.loads((trial / "trial.json").read_text())
        assert record["rows"]["users_added"] == record["rows"]["registrations_201"] > 0
        assert record["rows"]["tasks_added"] == record["rows"]["invoices_202"] > 0


def test_the_throughput_of_each_second_is_that_of_the_window(run_folder: Path) -> None:
    for trial in load_run(run_folder).trials:
        window = trial.window
        assert window
        seconds = read_seconds(run_folder / "trials" / trial.folder_name / SECONDS_FILE)
        assert len(seconds) == int(window.seconds)
        assert statistics.fmean(seconds) == pytest.approx(window.throughput_rps, rel=0.01)


def test_keeps_the_page_that_showed_the_run(run_folder: Path) -> None:
    text = (run_folder / "live.html").read_text()
    assert text.count('"status": "valid"') >= len(CONTESTANTS)


def test_writes_a_tidy_table_and_two_reports(run_folder: Path) -> None:
    with (run_folder / "results.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["service"] for row in rows} == set(CONTESTANTS)
    assert {"throughput_rps", "latency_p95_ms"} <= {row["metric"] for row in rows}
    for name in ("report.md", "report.html"):
        text = (run_folder / name).read_text()
        assert all(name in text for name in CONTESTANTS)


def test_publishes_no_secret(run_folder: Path) -> None:
    for path in run_folder.rglob("*"):
        if path.is_file():
            text = path.read_text(errors="replace")
            assert "eyJhbGciOi" not in text, f"{path.name} holds a token"
            assert "postgresql://" not in text, f"{path.name} holds a database URL"


@pytest.mark.usefixtures("run_folder")
def test_leaves_nothing_behind() -> None:
    assert sites.BENCH not in engines.connect().sites()
