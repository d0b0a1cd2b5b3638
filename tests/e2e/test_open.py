"""`levelbench bench --workload open` for one contestant, its results read back, rates reused.

Latency is read as p50: half a slow machine's rate may leave smoke's 5 s with fewer than the 400
requests that a p95 needs.
"""

import os
import shutil
from pathlib import Path

import pytest

from levelbench.model.config import ROOT
from levelbench.model.folder import Run, load_run
from levelbench.model.results import Results, load_results
from levelbench.model.trial import TrialRecord
from tests.e2e.commands import bench
from tests.full import checkout

NAME = "starlette"
WORKLOADS = ("open-50", "open-80")


def open_bench(*options: str) -> Path:
    """A smoke run; its folder. Status 1 reports that the contestant failed in a trial."""
    return bench("--profile=smoke", f"--services={NAME}", *options, statuses=(0, 1))


def trial_of(run: Run, workload: str) -> TrialRecord:
    """The trial of a workload; the last where one was spoiled and made again."""
    return [trial for trial in run.trials if trial.workload == workload][-1]


@pytest.fixture(scope="module")
def run_folder() -> Path:
    return open_bench("--workload=open")


@pytest.fixture(scope="module")
def run(run_folder: Path) -> Run:
    return load_run(run_folder)


@pytest.fixture(scope="module")
def results(run_folder: Path) -> Results:
    return load_results(run_folder)


def test_offers_shares_of_what_the_contestant_was_calibrated_at(run: Run) -> None:
    rates = run.record.rates
    assert rates
    assert (rates.calibrated_by, rates.slowest) == (run.record.run_id, NAME)
    offered = [run.record.workloads[name].rate_rps for name in WORKLOADS]
    assert offered == [int(rates.throughput_rps * share) for share in (0.5, 0.8)]


@pytest.mark.parametrize("workload", WORKLOADS)
def test_a_rate_is_kept_or_reported_as_too_high(run: Run, results: Results, workload: str) -> None:
    """A busy machine may lose half of its speed between the calibration and the trial."""
    trial = trial_of(run, workload)
    assert trial.window
    kept = trial.window.dropped_iterations == 0
    assert trial.status == ("valid" if kept else "failed")
    errors = {finding.code for finding in trial.findings if finding.severity == "error"}
    service = results.workloads[workload].services[NAME]
    assert (service.metrics["latency_p50_ms"].value is not None) == kept
    if not kept:
        assert "overloaded" in errors
        return
    assert errors == set()
    assert service.error_rate == 0
    offered = run.record.workloads[workload].rate_rps
    assert offered
    # What is due at the window's ends may be answered on either side of them.
    assert trial.window.requests == pytest.approx(offered * trial.window.seconds, rel=0.1)


def test_latency_holds_the_generator_s_lag(run: Run) -> None:
    """Where an iteration was dropped, neither is known: nor is it on a machine that is too slow."""
    for trial in run.trials:
        window = trial.window
        assert window
        assert window.service_latency
        known = window.dropped_iterations == 0
        assert (window.generator_lag_p99_ms is not None) == known
        assert (window.latency.mean_ms is not None) == known
        assert window.service_latency.mean_ms is not None
        assert not known or window.service_latency.mean_ms <= (window.latency.mean_ms or 0.0)


def test_another_run_may_take_its_rates(run: Run) -> None:
    again = load_run(open_bench("--workload=open-50", f"--rates={run.record.run_id}"))
    assert again.record.rates == run.record.rates
    assert not (ROOT / "reports" / again.record.run_id / "calibration").exists()


def test_users_with_think_time_are_counted_by_littles_law(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One step of the ladder, at a tenth of the rate that the contestant was calibrated at, so that
    one load generator has the users on a fast machine too."""
    config = Path(shutil.copy(os.environ["LEVELBENCH_CONFIG"], tmp_path))
    checkout.shorten(config, {"session": {"steps": "1", "lowest_share": "0.1"}})
    monkeypatch.setenv("LEVELBENCH_CONFIG", str(config))
    found = load_run(open_bench("--workload=session", f"--rates={run.record.run_id}"))
    trial = trial_of(found, "session")
    (step,) = trial.user_steps
    assert step.requests
    assert step.by_littles_law == pytest.approx(step.users, rel=0.1)
    assert {finding.code for finding in trial.findings if finding.severity == "error"} <= {"errors"}
