"""`levelbench count` of a contestant with several processes, its results read back."""

import sys
from pathlib import Path

import pytest

from levelbench.model.config import ROOT
from levelbench.model.folder import load_run
from levelbench.model.results import Instructions, load_results
from tests.e2e.commands import levelbench

MILLION = 1e6


@pytest.fixture(scope="module")
def run_folder() -> Path:
    sys.stdout.write(levelbench("count", "--services=django", "--seeds=2", "--endpoints=detail"))
    return (ROOT / "reports" / "latest").resolve()


@pytest.fixture(scope="module")
def detail(run_folder: Path) -> Instructions:
    return load_results(run_folder).instructions["django"]["detail"]


def test_both_hash_seeds_give_a_value(detail: Instructions) -> None:
    assert detail.seeds == 2
    assert detail.value is not None
    assert MILLION < detail.value < 20 * MILLION
    assert detail.confidence_interval is None  # it needs three seeds


def test_the_layers_add_up_to_the_value(detail: Instructions) -> None:
    assert {"framework", "data layer", "driver", "server"} <= detail.layers.keys()
    parts = sum(part.value or 0.0 for part in detail.layers.values())
    assert parts == pytest.approx(detail.value, rel=0.01)


def test_each_dump_has_all_processes_that_ran(run_folder: Path) -> None:
    run = load_run(run_folder)
    assert {count.seed for count in run.counts} == {0, 1}
    assert all(len(count.endpoints["detail"]) == 5 for count in run.counts)
    assert [record.service for record in run.packages] == ["django"]
