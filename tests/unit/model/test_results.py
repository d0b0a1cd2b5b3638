import json
from pathlib import Path

from levelbench.analysis.derive import derive
from levelbench.model import results
from levelbench.model.files import save, to_json
from tests.unit.factories import make_run


def test_results_read_back_as_they_were_written(tmp_path: Path) -> None:
    derived = derive(make_run(floor=True))
    save(tmp_path / results.RESULTS_FILE, derived)
    assert results.load_results(tmp_path) == derived


def test_the_shipped_schema_is_up_to_date() -> None:
    assert results.RESULTS_SCHEMA_FILE.read_text() == results.results_schema(), (
        "run: python -c 'from levelbench import files, results; "
        "files.write_atomic(results.RESULTS_SCHEMA_FILE, results.results_schema())'"
    )


def test_results_have_the_fields_of_the_interface() -> None:
    derived = json.loads(to_json(derive(make_run(floor=True))))
    assert list(derived) == [
        "schema_version",
        "run_id",
        "profile",
        "seed",
        "status",
        "valid",
        "publishable",
        "findings",
        "environment",
        "services",
        "workloads",
        "claims",
    ]
    workload = derived["workloads"]["closed"]
    assert list(workload) == [
        "parameters",
        "services",
        "comparisons",
        "control",
        "published",
    ]
    assert list(workload["services"]["flask"]) == [
        "trials",
        "requests",
        "error_rate",
        "throughput_rps",
        "latency_mean_ms",
        "latency_p50_ms",
        "latency_p95_ms",
        "latency_p99_ms",
        "cpu_ms_per_request",
        "floor_ratio",
        "floor_throughput_share",
        "database_bound",
        "capacity_rps",
        "memory_peak_mib",
        "rank",
        "endpoints",
        "tasks",
    ]
    assert set(workload["services"]["flask"]["throughput_rps"]) == {"value", "confidence_interval"}
    assert list(workload["services"]["flask"]["tasks"]) == [
        "accepted",
        "completed",
        "lost",
        "lag_p50_ms",
        "lag_p95_ms",
        "open_at_end",
        "drain_s",
    ]
