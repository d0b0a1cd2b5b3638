"""`levelbench sweep` of one contestant, its results read back."""

import sys
from pathlib import Path

import pytest

from levelbench.model.config import ROOT
from levelbench.model.results import load_results
from levelbench.model.run import load_run_record
from tests.e2e.commands import levelbench

VALUES = {"starlette-pool-4": 4, "starlette": 12}


@pytest.fixture(scope="module")
def run_folder() -> Path:
    sys.stdout.write(levelbench("sweep", "starlette", "--over=pool=4", "--profile=smoke"))
    return (ROOT / "reports" / "latest").resolve()


def test_each_value_is_measured_and_none_is_ranked(run_folder: Path) -> None:
    results = load_results(run_folder)
    assert results.valid
    assert results.sweep is not None
    assert results.sweep.values == VALUES
    load = results.sweep.workloads["closed"]
    assert load.values.keys() == VALUES.keys()
    ratio = load.values["starlette-pool-4"].ratios["throughput_rps"]
    assert ratio.value is not None
    assert ratio.confidence_interval is None
    assert results.workloads["closed"].services["starlette-pool-4"].rank is None


def test_each_value_reached_the_contestant(run_folder: Path) -> None:
    record = load_run_record(run_folder)
    seen = {e.service: e.observed for e in record.parity if e.rule.startswith("connections: with")}
    assert seen == {name: str(value) for name, value in VALUES.items()}
    images = [name for name in record.environment.images if name.startswith("service-")]
    assert images == ["service-starlette"]
