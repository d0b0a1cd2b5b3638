"""A run of 200 trials is read and worked out in little memory (its time is in docs/statistics.md:
no test asserts one)."""

import subprocess
import sys
from pathlib import Path

import pytest

from levelbench.model.folder import Run
from tests.unit import factories
from tests.unit.factories import alone

READ = """
import sys
from pathlib import Path
from levelbench.analysis.derive import derive
from levelbench.model.folder import load_run
run = load_run(Path(sys.argv[1]))
results = derive(run)
# Not getrusage: after an exec its peak is still that of the process which started this one.
status = Path("/proc/self/status").read_text().splitlines()
kib = next(line.split()[1] for line in status if line.startswith("VmHWM:"))
print(len(run.trials), sum(len(each.comparisons) for each in results.workloads.values()), kib)
"""


@pytest.mark.parametrize(
    ("run", "comparisons"),
    [(factories.make_run(blocks=40), 4 * 6), (alone.make_run(blocks=40), 2 * 5 * 6)],
    ids=["mixed", "endpoints alone"],
)
def test_two_hundred_trials_fit_in_300_mb(tmp_path: Path, run: Run, comparisons: int) -> None:
    folder = factories.write_run(tmp_path / "run", run)
    done = subprocess.run(
        [sys.executable, "-c", READ, str(folder)], capture_output=True, text=True, check=True
    )
    trials, compared, kib = map(int, done.stdout.split())
    assert (trials, compared) == (200, comparisons)
    assert kib * 1024 < 300e6
