"""A bench that is interrupted, and a second bench at the same time."""

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

from levelbench.analysis import derive
from levelbench.lab import engines, sites
from levelbench.model.config import ROOT
from levelbench.model.folder import load_run
from levelbench.model.results import load_results
from tests.e2e.commands import LEVELBENCH

STARLETTE = [LEVELBENCH, "bench", "--services=starlette"]
Process = subprocess.Popen[str]


@contextmanager
def started(profile: str) -> Iterator[Process]:
    """A bench in progress; whatever is left of it in the end is interrupted."""
    with subprocess.Popen(
        [*STARLETTE, f"--profile={profile}"],
        cwd=ROOT,
        env={**os.environ, "COLUMNS": "200"},
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as bench:
        try:
            yield bench
        finally:
            if bench.poll() is None:
                bench.send_signal(signal.SIGINT)
                bench.communicate()


def wait_line(bench: Process, text: str) -> None:
    """Wait until a bench prints a line with this text."""
    assert bench.stdout is not None
    assert any(text in line for line in bench.stdout), f"the bench ended without {text!r}"


def test_keeps_what_was_measured_and_leaves_no_container() -> None:
    with started("quick") as bench:
        wait_line(bench, "starting PostgreSQL and Redis")  # it has the engine's lock
        second = subprocess.run(
            [*STARLETTE, "--profile=smoke"], cwd=ROOT, text=True, capture_output=True, check=False
        )
        wait_line(bench, "trial  1/10")  # the first block, of two trials, is measured
        bench.send_signal(signal.SIGINT)
        output, _ = bench.communicate()
    assert second.returncode == 2
    assert f"another bench is running on this engine (process {bench.pid})" in second.stderr

    assert bench.returncode == 130
    assert "Interrupted: the report contains what was measured until then." in output
    folder = (ROOT / "reports" / "latest").resolve()
    assert load_results(folder).status == "partial"
    # A busy machine repeats trials, and may finish another block before the signal arrives.
    run = load_run(folder)
    measured = {trial.number for trial in run.trials}
    assert {1, 2} <= measured == set(range(1, max(measured) + 1))
    assert len(measured) < len(run.record.plan) == 10
    assert sites.BENCH not in engines.connect().sites()


def test_a_reader_that_goes_away_changes_neither_the_run_nor_its_status() -> None:
    with started("smoke") as bench:
        assert bench.stdout is not None
        assert bench.stderr is not None
        bench.stdout.readline()
        bench.stdout.close()
        errors = bench.stderr.read()
        bench.wait()
    results = load_results((ROOT / "reports" / "latest").resolve())
    assert results.status == "complete"
    assert bench.returncode == (0 if derive.passed(results) else 1)
    assert "Traceback" not in errors
    assert sites.BENCH not in engines.connect().sites()
