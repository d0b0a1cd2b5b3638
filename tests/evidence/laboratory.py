"""A copy of the checkout with contestants whose true difference is known."""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from levelbench.analysis.verdict import Side, side
from levelbench.model import metrics
from levelbench.model.config import ROOT
from levelbench.model.folder import Run, load_run
from levelbench.model.results import Comparison, Results, load_results
from levelbench.model.trial import TrialRecord
from tests.full import checkout

EXCLUDED = (".git", ".venv", "reports", "__pycache__", ".*_cache", "*.egg-info")
ORIGINAL = "starlette"


@dataclass(frozen=True)
class Outcome:
    """The outcome of one run."""

    folder: Path
    run: Run
    results: Results

    def log(self, trial: TrialRecord) -> str:
        """The log of a trial's contestant."""
        return (self.folder / "trials" / trial.folder_name / "service.log").read_text()

    def comparison(self, workload: str, metric: str) -> Comparison:
        """The comparison of the two contestants by a metric."""
        found = [c for c in self.results.workloads[workload].comparisons if c.metric == metric]
        assert len(found) == 1, f"{len(found)} comparisons by {metric}"
        return found[0]

    def side(self, name: str, workload: str, metric: str) -> Side | None:
        """Whether the interval shows a contestant to be better or worse, by any size."""
        pair = self.comparison(workload, metric)
        found = side(pair.ratio.confidence_interval, metrics.of(metric).better)
        opposite: dict[Side, Side] = {"better": "worse", "worse": "better"}
        return found if found is None or pair.a == name else opposite[found]


@dataclass(frozen=True)
class Laboratory:
    """The copied checkout."""

    folder: Path

    def add(self, name: str, wrapper: str = "") -> str:
        """The lab's Starlette under another name, `wrapper` appended to its application.

        A wrapped contestant is marked as verified: it logs its handicap, and verification rejects
        contestants that log requests.
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
        """Make a whole run."""
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

    Quick runs have no A/A control, which saves a third of the time: the truth about the two
    contestants is known. Smoke runs have as many blocks as quick runs and windows half as long,
    because the difference in throughput is large.
    """
    shutil.copytree(ROOT, folder, ignore=shutil.ignore_patterns(*EXCLUDED))
    checkout.shorten(
        folder / "levelbench.toml",
        {"profiles.quick": {"control": "false"}, "profiles.smoke": {"blocks": "5"}},
    )
    return Laboratory(folder)
