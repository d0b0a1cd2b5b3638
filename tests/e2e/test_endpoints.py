"""`levelbench bench --workload endpoints` for one contestant, its results read back."""

import csv
import json
from pathlib import Path

import pytest

from levelbench.model.config import load_config
from levelbench.model.metrics import CPU, CPU_OF
from levelbench.model.results import Results, load_results
from levelbench.model.vocabulary import CONTAINERS, ENDPOINTS, Endpoint
from tests.e2e.commands import bench

NAME = "starlette"


@pytest.fixture(scope="module")
def run_folder() -> Path:
    return bench("--profile=smoke", "--workload=endpoints", f"--services={NAME}")


@pytest.fixture(scope="module")
def results(run_folder: Path) -> Results:
    return load_results(run_folder)


@pytest.mark.parametrize("endpoint", ENDPOINTS)
def test_measures_each_endpoint_alone(results: Results, endpoint: Endpoint) -> None:
    found = results.workloads["endpoints"].services[NAME].endpoints[endpoint]
    assert found.requests > 0
    assert found.error_rate == 0
    assert (found.metrics["throughput_rps"].value or 0) > 0
    assert all((found.metrics[CPU_OF[name].name].value or 0) > 0 for name in CONTAINERS)


def test_hashing_does_not_hide_behind_reading(results: Results) -> None:
    def cpu_ms(endpoint: Endpoint) -> float:
        found = results.workloads["endpoints"].services[NAME].endpoints[endpoint]
        value = found.metrics[CPU.name].value
        assert value is not None
        return value

    assert min(cpu_ms("register"), cpu_ms("login")) > 2 * max(cpu_ms("list"), cpu_ms("detail"))


def test_gives_no_figure_over_all_endpoints(results: Results) -> None:
    service = results.workloads["endpoints"].services[NAME]
    assert results.valid
    assert service.requests == sum(found.requests for found in service.endpoints.values())
    assert service.metrics["throughput_rps"].value is None
    assert service.metrics[CPU.name].value is None
    assert service.rank is None


def test_writes_no_row_and_runs_no_statement_too_many(run_folder: Path) -> None:
    last = sorted((run_folder / "trials").iterdir())[-1]
    record = json.loads((last / "trial.json").read_text())
    assert record["rows"]["users_added"] == record["rows"]["registrations_201"] > 0
    assert record["rows"]["tasks_added"] == record["rows"]["invoices_202"] > 0
    assert record["statements"]["least"] == record["statements"]["run"]
    assert record["tasks"]["lost"] == 0
    assert record["tasks"]["lag_p50_ms"] > 0
    # How many answers are late depends on what else the machine does. But a VU has one at most, and
    # before the first endpoint there is no other.
    late = [record["endpoints"][endpoint]["disturbances"] for endpoint in ENDPOINTS]
    assert late[0] == 0
    assert max(late) <= load_config().load.vus


def test_reports_hold_each_endpoint(run_folder: Path) -> None:
    with (run_folder / "results.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    measured = {row["endpoint"] for row in rows if row["metric"] == "cpu_ms_per_request.service"}
    assert measured >= set(ENDPOINTS)
    for name in ("report.md", "report.html"):
        assert "Each endpoint by itself" in (run_folder / name).read_text()
