"""`levelbench bench --workload open` for one contestant, its results read back, rates reused.

Latency is read as p50: half a slow machine's rate may leave smoke's 5 s with fewer than the 400
requests that a p95 needs.
"""

import subprocess
import sys
from pathlib import Path

import pytest

from levelbench.model.config import ROOT
from levelbench.model.folder import Run, load_run
from levelbench.model.results import Results, load_results
from levelbench.model.trial import TrialRecord

NAME = "starlette"
WORKLOADS = ("open-50", "open-80")


def bench(*more: str) -> Path:
    """A smoke run; its folder. Status 1 says that the contestant failed in a trial."""
    command = [
        str(Path(sys.executable).with_name("levelbench")), "bench", "--profile=smoke",
        f"--services={NAME}", *more,
    ]  # fmt: skip
    done = subprocess.run(command, cwd=ROOT, text=True, capture_output=True, check=False)
    sys.stdout.write(done.stdout)
    assert done.returncode in (0, 1), done.stdout + done.stderr
    return (ROOT / "reports" / "latest").resolve()


def trial_of(run: Run, workload: str) -> TrialRecord:
    """The trial of a workload; the last where one was spoiled and made again."""
    return [trial for trial in run.trials if trial.workload == workload][-1]


@pytest.fixture(scope="module")
def run_folder() -> Path:
    return bench("--workload=open")


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


def test_everything_that_was_due_was_sent_and_answered(run: Run, results: Results) -> None:
    trial = trial_of(run, "open-50")
    assert trial.status == "valid"
    assert trial.window
    assert trial.window.dropped_iterations == 0
    offered = run.record.workloads["open-50"].rate_rps
    assert offered
    assert trial.window.requests == pytest.approx(offered * trial.window.seconds, abs=1)
    service = results.workloads["open-50"].services[NAME]
    assert service.error_rate == 0
    assert (service.latency_p50_ms.value or 0) > 0


def test_a_rate_that_was_not_kept_is_said_to_be_so(run: Run, results: Results) -> None:
    """A machine may lose a fifth of its speed between the calibration and the trial: 80% are then
    more than it can."""
    trial = trial_of(run, "open-80")
    assert trial.window
    kept = trial.window.dropped_iterations == 0
    assert trial.status == ("valid" if kept else "failed")
    assert [f.code for f in trial.findings if f.severity == "error"] == (
        [] if kept else ["overloaded"]
    )
    p50_ms = results.workloads["open-80"].services[NAME].latency_p50_ms.value
    assert (p50_ms is not None) == kept


def test_latency_holds_the_generator_s_lag(run: Run) -> None:
    for trial in run.trials:
        assert trial.window
        assert trial.window.service_latency
        assert trial.window.generator_lag_p99_ms is not None
        own, whole = trial.window.service_latency.mean_ms, trial.window.latency.mean_ms
        assert own is not None
        assert whole is not None
        assert own <= whole


def test_another_run_may_take_its_rates(run: Run) -> None:
    again = load_run(bench("--workload=open-50", f"--rates={run.record.run_id}"))
    assert again.record.rates == run.record.rates
    assert not (ROOT / "reports" / again.record.run_id / "calibration").exists()
