"""GitHub's runner, stood in for by act: the workflows' own steps, on this machine.

act's host mode runs every `run:` line as it stands. What talks to GitHub is stood in for: the
checkout is a copy of the working directory, artifacts go to a folder, and `gh` reads them there.
"""

import json
import os
import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from levelbench.model.config import ROOT
from tests.full import checkout

PROGRAM = ROOT / ".venv" / "bin" / "act"
STANDINS = Path(__file__).with_name("standins")
LAB_VARIABLES = ("PROFILE", "SERVICES", "WORKLOAD", "RATES", "PYTHONPATH", "VIRTUAL_ENV")
"""Of this shell; none of them is set on a runner."""

SHORT = {
    "limits": checkout.SHORT["limits"],
    "profiles.smoke": {"blocks": "3", "warmup_s": "1", "measure_s": "2"},
}
"""As short as an interval allows, which takes three trials. The dataset is the lab's own, since
contestants are verified here, deep pages and all."""


@dataclass(frozen=True)
class Job:
    """A workflow's run that has ended."""

    status: int
    log: str
    artifacts: Path
    """A folder for each artifact."""

    def step(self, name: str) -> str:
        """How a step ended: Success or Failure. Empty for one that was passed over."""
        # act marks each step's end with its name.
        pattern = rf"(Success|Failure) - Main {re.escape(name)}(?: \[|$)"
        found = re.findall(pattern, self.log, re.MULTILINE)
        return str(found[-1]) if found else ""

    def says(self, text: str) -> bool:
        return text in self.log


@dataclass(frozen=True)
class Runner:
    """A fresh clone, and act to run its workflows."""

    folder: Path
    kept: Path
    """Artifacts, by the number of their run."""

    def git(self, *arguments: str) -> str:
        identity = ["-c", "user.name=A Tester", "-c", "user.email=tester@example.com"]
        command = ["git", "-C", str(self.folder), *identity, *arguments]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()

    def commit(self) -> str:
        """Commit everything; the commit's name."""
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message=Shorten")
        return self.git("rev-parse", "HEAD")

    def act(
        self,
        event: str,
        workflow: str,
        *,
        inputs: Mapping[str, str] | None = None,
        payload: Mapping[str, object] | None = None,
        variables: Mapping[str, str] | None = None,
    ) -> Job:
        """Run a workflow to its end, as `event` would."""
        number = len(list(self.kept.iterdir())) + 1
        artifacts = self.kept / str(number)
        artifacts.mkdir()
        file = self.kept.parent / "event.json"
        # act reads inputs from here alone where it is given an event.
        file.write_text(json.dumps({"inputs": dict(inputs or {}), **(payload or {})}))
        command = [
            str(PROGRAM),
            event,
            f"--workflows=.github/workflows/{workflow}",
            "--platform=ubuntu-latest=-self-hosted",
            f"--eventpath={file}",
            "--secret=GITHUB_TOKEN=of-no-use",
            "--no-cache-server",
            *(f"--local-repository={action}={path}" for action, path in self._actions().items()),
        ]
        environment = {
            **{name: value for name, value in os.environ.items() if name not in LAB_VARIABLES},
            "PATH": f"{STANDINS}{os.pathsep}{os.environ['PATH']}",
            "XDG_CACHE_HOME": str(self.kept.parent / "cache"),
            "PIP_CACHE_DIR": pip_cache(),
            "ARTIFACTS": str(self.kept),
            "RUN_NUMBER": str(number),
            **(variables or {}),
        }
        done = subprocess.run(
            command,
            cwd=self.folder,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        print(done.stdout)
        return Job(done.returncode, done.stdout, artifacts)

    def _actions(self) -> dict[str, Path]:
        """Each action that a workflow uses, by what stands in for it."""
        used = {
            use
            for path in (self.folder / ".github" / "workflows").glob("*.yml")
            for use in re.findall(r"uses: *(\S+)", path.read_text())
        }
        # act makes its own copy in the place of a checkout of the same repository.
        wanted = {use for use in used if not use.startswith(("actions/checkout@", "./"))}
        return {use: STANDINS / use.partition("@")[0].rpartition("/")[2] for use in wanted}


def pip_cache() -> str:
    """pip's own, beside the folder that act is given for its cache."""
    base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return os.environ.get("PIP_CACHE_DIR") or str(Path(base) / "pip")


def clone(folder: Path) -> Runner:
    """A clone of this checkout's last commit, its profiles shortened."""
    if not PROGRAM.exists():
        pytest.fail(f"{PROGRAM.relative_to(ROOT)} is missing. Run scripts/go-program.sh act.")
    kept = folder / "artifacts"
    kept.mkdir()
    runner = Runner(folder / "levelbench", kept)
    subprocess.run(
        ["git", "clone", "--quiet", "--no-local", str(ROOT), str(runner.folder)], check=True
    )
    runner.git("checkout", "--quiet", "-B", "main")
    runner.git("remote", "set-url", "origin", "https://github.com/example/levelbench")
    checkout.shorten(runner.folder / "levelbench.toml", SHORT)
    runner.commit()
    return runner
