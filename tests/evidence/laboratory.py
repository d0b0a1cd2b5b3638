"""A copy of the checkout with contestants that are known to differ, or known not to."""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from levelbench.analysis.verdict import DIRECTIONS, Side, side
from levelbench.model.config import ROOT
from levelbench.model.folder import Run, load_run
from levelbench.model.results import Comparison, Results, load_results
from levelbench.model.trial import TrialRecord
from tests.full import checkout

LEFT_OUT = (".git", ".venv", "reports", "__pycache__", ".*_cache", "*.egg-info")
ORIGINAL = "starlette"


@dataclass(frozen=True)
class Outcome:
    """One run."""

    folder: Path
    run: Run
    results: Results

    def log(self, trial: TrialRecord) -> str:
        """What a trial's contestant wrote."""
        return (self.folder / "trials" / trial.folder_name / "service.log").read_text()

    def comparison(self, workload: str, metric: str) -> Comparison:
        """Of the two contestants, by a metric."""
        found = [c for c in self.results.workloads[workload].comparisons if c.metric == metric]
        assert len(found) == 1, f"{len(found)} comparisons by {metric}"
        return found[0]

    def side(self, name: str, workload: str, metric: str) -> Side | None:
        """Whether a contestant is shown to be better or worse than the other, by any size."""
        pair = self.comparison(workload, metric)
        found = side(pair.ratio.confidence_interval, DIRECTIONS[metric])
        turned: dict[Side, Side] = {"better": "worse", "worse": "better"}
        return found if found is None or pair.a == name else turned[found]


@dataclass(frozen=True)
class Laboratory:
    """The copy."""

    folder: Path

    def add(self, name: str, wrapper: str = "") -> str:
        """The lab's Starlette under another name, `wrapper` appended to its application.

        One that is wrapped is taken for verified: it says what its handicap took, and verification
        rightly refuses who logs its requests.
        """
        target = self.folder / "services" / name
        shutil.copytree(self.folder / "services" / ORIGINAL, target)
        main = target / "app" / "main.py"
        main.write_text(main.read_text() + wrapper)
        if wrapper:
            done = self._python(checkout.TAKE_FOR_VERIFIED, name)
            assert done.returncode == 0, done.stdout + done.stderr
        return name

    def bench(
        self, *names: str, seed: int, profile: str = "quick", workload: str = "", rates: str = ""
    ) -> Outcome:
        """A whole run."""
        words = ["bench", f"--services={','.join(names)}", f"--profile={profile}", f"--seed={seed}"]
        if workload:
            words.append(f"--workload={workload}")
        if rates:
            words.append(f"--rates={rates}")
        done = self._python("from levelbench.cli.app import main; main()", *words)
        assert done.returncode == 0, done.stdout + done.stderr
        folder = (self.folder / "reports" / "latest").resolve()
        return Outcome(folder, load_run(folder), load_results(folder))

    def _python(self, program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-c", program, *arguments],
            env={**os.environ, "PYTHONPATH": str(self.folder / "scripts")},
            cwd=self.folder,
            text=True,
            capture_output=True,
            check=False,
        )


def copy(folder: Path) -> Laboratory:
    """Copy the checkout to `folder`.

    Its quick runs have no A/A control: two contestants of which the truth is known are that
    themselves, in two thirds of the time. Its smoke runs have as many blocks as quick ones, of
    windows half as long: what is there to find by throughput is large.
    """
    shutil.copytree(ROOT, folder, ignore=shutil.ignore_patterns(*LEFT_OUT))
    checkout.shorten(
        folder / "levelbench.toml",
        {"profiles.quick": {"control": "false"}, "profiles.smoke": {"blocks": "5"}},
    )
    return Laboratory(folder)
