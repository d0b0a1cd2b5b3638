"""Fetch the last nightly run of a series from GitHub with its client, `gh`."""

import json
import re
import tempfile
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from levelbench import command
from levelbench.errors import LabError
from levelbench.model.config import REPORTS
from levelbench.model.run import load_run_record

WORKFLOW = "nightly.yml"
TRUSTED_EVENTS = ("schedule", "workflow_dispatch")
"""A pull request may change the workflow and upload any artifact: only people with write access can
trigger these two events."""
LOOK_BACK = 100
"""Runs and artifacts to search: more than 90 days of artifacts, one per night."""

Program = Callable[[Sequence[str]], str]


def fetch(
    series: str, branch: str, reports: Path = REPORTS, gh: Program = command.run
) -> str | None:
    """Fetch the last run of `series` that succeeded on `branch` into `reports`; its id, or None if
    GitHub has none.

    Raises LabError if `gh` is missing or fails, or if the artifact is not the folder of a run.
    """
    holders = set(_holders(series, gh))
    found = next((number for number in _succeeded(branch, gh) if number in holders), None)
    if found is None:
        return None
    reports.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=reports, prefix=".fetched-") as temporary:
        folder = Path(temporary) / "run"
        gh(["gh", "run", "download", str(found), f"--name={series}", f"--dir={folder}"])
        run_id = load_run_record(folder).run_id
        # The artifact names itself: it must not choose another folder.
        if not re.fullmatch(r"\w[\w.-]*", run_id, re.ASCII):
            raise LabError(
                f"the artifact {series} has an invalid run id, {run_id!r}",
                "Delete the artifact on GitHub.",
            )
        if not (reports / run_id).exists():
            folder.rename(reports / run_id)
    return run_id


def _succeeded(branch: str, gh: Program) -> Iterable[int]:
    """Numbers of the successful runs of the workflow, newest first."""
    said = gh(
        [
            "gh",
            "run",
            "list",
            f"--workflow={WORKFLOW}",
            f"--branch={branch}",
            "--status=success",
            f"--limit={LOOK_BACK}",
            "--json=databaseId,event",
        ]
    )
    runs: list[dict[str, Any]] = json.loads(said)
    return [run["databaseId"] for run in runs if run["event"] in TRUSTED_EVENTS]


def _holders(series: str, gh: Program) -> Iterable[int]:
    """Numbers of the runs with an artifact of this name that has not expired."""
    said = gh(
        [
            "gh",
            "api",
            "--method=GET",
            "repos/{owner}/{repo}/actions/artifacts",  # gh replaces these from GH_REPO
            f"--raw-field=name={series}",
            f"--raw-field=per_page={LOOK_BACK}",
        ]
    )
    artifacts: list[dict[str, Any]] = json.loads(said)["artifacts"]
    return [kept["workflow_run"]["id"] for kept in artifacts if not kept["expired"]]
