"""A bench that is interrupted, and a second one beside it."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from levelbench.lab import engines, sites
from levelbench.model.config import ROOT
from levelbench.model.folder import load_run
from levelbench.model.results import load_results

BENCH = [str(Path(sys.executable).with_name("levelbench")), "bench", "--services=starlette"]


@pytest.fixture
def measuring() -> Iterator[subprocess.Popen[str]]:
    """A bench that has one block behind it: the contestant and its control."""
    with subprocess.Popen(
        [*BENCH, "--profile=quick"], cwd=ROOT, text=True, stdout=subprocess.PIPE
    ) as bench:
        assert bench.stdout is not None
        for line in bench.stdout:
            if "trial  1/10" in line:
                break
        yield bench
        bench.kill()


def test_keeps_what_was_measured_and_leaves_no_container(
    measuring: subprocess.Popen[str],
) -> None:
    second = subprocess.run(
        [*BENCH, "--profile=smoke"], cwd=ROOT, text=True, capture_output=True, check=False
    )
    assert second.returncode == 2
    assert f"another bench is running on this engine (process {measuring.pid})" in second.stderr

    measuring.send_signal(signal.SIGINT)
    output, _ = measuring.communicate()
    assert measuring.returncode == 130
    assert "Interrupted: the report contains what was measured until then." in output
    folder = (ROOT / "reports" / "latest").resolve()
    assert load_results(folder).status == "partial"
    assert len(load_run(folder).trials) == 2
    assert sites.BENCH not in engines.connect().sites()


def test_a_reader_that_goes_away_leaves_no_container() -> None:
    with subprocess.Popen(
        [*BENCH, "--profile=smoke"],
        cwd=ROOT,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as bench:
        assert bench.stdout is not None
        assert bench.stderr is not None
        bench.stdout.readline()
        bench.stdout.close()
        said = bench.stderr.read()
    assert bench.returncode == 1
    assert "Traceback" not in said
    assert sites.BENCH not in engines.connect().sites()
