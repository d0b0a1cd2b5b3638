import json
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from levelbench.analysis.derive import derive
from levelbench.model import results
from levelbench.model.estimate import Estimate
from levelbench.model.files import save, to_json
from tests import DATA
from tests.unit.factories import make_run


def test_results_read_back_as_they_were_written(tmp_path: Path) -> None:
    derived = derive(make_run(reference=True))
    save(tmp_path / results.RESULTS_FILE, derived)
    assert results.load_results(tmp_path) == derived


SCHEMA_1 = DATA / "results" / "schema-1.json"
"""results.json of a quick run, as the lab wrote it under schema 1."""


def test_results_of_schema_1_are_read_with_the_names_of_schema_2(tmp_path: Path) -> None:
    recorded = json.loads(SCHEMA_1.read_text())
    flask = recorded["workloads"]["closed"]["services"]["flask"]
    flask["floor_ratio"] = {"value": 7.4, "confidence_interval": None}
    flask["endpoints"]["list"]["floor_throughput_share"] = {"value": 0.37}
    (tmp_path / results.RESULTS_FILE).write_text(json.dumps(recorded))
    read = results.load_results(tmp_path).workloads["closed"]
    assert {pair.verdict for pair in read.comparisons} == {"better", "worse", "inconclusive"}
    assert read.services["flask"].metrics["cpu_ratio_to_reference"] == Estimate(value=7.4)
    on_list = read.services["flask"].endpoints["list"]
    assert on_list.metrics["throughput_ratio_to_reference"] == Estimate(value=0.37)


def test_every_figure_of_schema_1_is_read_as_it_was(tmp_path: Path) -> None:
    (tmp_path / results.RESULTS_FILE).write_text(SCHEMA_1.read_text())
    read = json.loads(to_json(results.load_results(tmp_path)))
    was = results.from_schema_1(json.loads(SCHEMA_1.read_text()))
    assert known(read, was) == was


def known(read: Any, was: Any) -> Any:
    """What was read, without the fields that were added later."""
    if isinstance(was, dict):
        return {key: known(read[key], part) for key, part in was.items()}
    if isinstance(was, list):
        return [known(*both) for both in zip(read, was, strict=True)]
    return read


def test_a_metric_that_the_table_does_not_have_is_refused() -> None:
    written = json.loads(to_json(derive(make_run())))
    written["workloads"]["closed"]["services"]["flask"]["cpu_ms_per_request"]["disk"] = {"value": 1}
    with pytest.raises(ValidationError, match=r"no metric of a workload: cpu_ms_per_request\.disk"):
        results.Results.model_validate_json(json.dumps(written))


def test_the_shipped_schema_is_up_to_date() -> None:
    assert results.RESULTS_SCHEMA_FILE.read_text() == results.results_schema(), results.OUT_OF_DATE


def test_results_have_the_fields_of_the_interface() -> None:
    derived = json.loads(to_json(derive(make_run(reference=True))))
    assert list(derived) == [
        "schema_version",
        "run_id",
        "profile",
        "seed",
        "status",
        "valid",
        "publishable",
        "reasons",
        "findings",
        "environment",
        "statistics",
        "services",
        "workloads",
        "claims",
    ]
    workload = derived["workloads"]["closed"]
    assert list(workload) == [
        "parameters",
        "coverage",
        "adjusted",
        "services",
        "comparisons",
        "control",
        "published",
    ]
    assert list(workload["services"]["flask"]) == [
        "throughput_rps",
        "throughput_ratio_to_reference",
        "capacity_rps",
        "users",
        "others_p99_ms",
        "health_p99_ms",
        "overload_rps",
        "recovery_s",
        "latency_mean_ms",
        "latency_p50_ms",
        "latency_p95_ms",
        "latency_p99_ms",
        "cpu_ms_per_request",
        "cpu_share_of_limit",
        "cpu_ratio_to_reference",
        "memory_peak_mib",
        "network_bytes_per_request",
        "hardware_instructions_per_request",
        "requests",
        "error_rate",
        "errors",
        "database_bound",
        "trials",
        "planned",
        "rank",
        "reference",
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
