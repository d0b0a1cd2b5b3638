"""`levelbench bench` of the example of a guest, its results read back."""

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from levelbench.contestants.discovery import SERVICES
from levelbench.lab import engines, sites
from levelbench.model.config import ROOT
from levelbench.model.folder import load_run
from levelbench.model.results import Results, load_results
from tests.e2e.commands import LEVELBENCH, bench

NAME = "url-shortener"
COPY = SERVICES / "guest-with-a-fault"


@pytest.fixture(scope="module")
def run_folder() -> Path:
    return bench("--profile=smoke", f"--services={NAME}")


@pytest.fixture(scope="module")
def results(run_folder: Path) -> Results:
    return load_results(run_folder)


def test_is_measured_by_its_own_requests(run_folder: Path, results: Results) -> None:
    service = results.workloads["closed"].services[NAME]
    assert results.valid
    assert (service.rank, service.error_rate) == (None, 0)
    for name in ("throughput_rps", "cpu_ms_per_request.service", "memory_peak_mib"):
        assert (service.metrics[name].value or 0) > 0
    assert (results.services[NAME].metrics["cold_start_ms"].value or 0) > 0
    for trial in load_run(run_folder).trials:
        assert trial.window is not None
        counts = {request: window.requests for request, window in trial.requests.items()}
        assert set(counts) == {"follow", "create", "stats"}
        assert sum(counts.values()) == trial.window.requests
        # Dealt by weight: 85, 10 and 5 of 100; on a slow machine the window's ends count.
        assert counts["follow"] / trial.window.requests == pytest.approx(0.85, abs=0.05)


def test_its_report_ranks_nothing(run_folder: Path) -> None:
    text = (run_folder / "report.md").read_text()
    assert "URL shortener served" in text
    assert "framework" not in text


@pytest.mark.usefixtures("run_folder")
def test_leaves_nothing_behind() -> None:
    assert sites.BENCH not in engines.connect().sites()


@pytest.fixture
def faulty() -> Iterator[Path]:
    """A copy of the example."""
    shutil.copytree(SERVICES / NAME, COPY)
    yield COPY
    shutil.rmtree(COPY)


def test_a_journey_with_a_fault_is_one_line_that_names_the_file(faulty: Path) -> None:
    journey = faulty / "journey.js"
    journey.write_text(journey.read_text().replace("status === 307", "status === 308"))
    done = subprocess.run(
        [LEVELBENCH, "verify", f"--services={faulty.name}"],
        cwd=ROOT, text=True, capture_output=True, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    said = " ".join(done.stdout.split())
    assert f"services/{faulty.name}/journey.js: follow failed the check redirects: GET /" in said
    assert "Traceback" not in done.stdout + done.stderr
