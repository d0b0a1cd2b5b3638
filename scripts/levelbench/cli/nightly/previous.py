"""The last nightly run of a series, fetched from GitHub by its own client, `gh`."""

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
"""A pull request may change the workflow to run for itself, and to upload what it likes: these two
only the repository's own people bring about."""
LOOK_BACK = 100
"""Runs and artifacts that are looked through: 90 days of artifacts, one a night, are fewer."""

Program = Callable[[Sequence[str]], str]


def fetch(
    series: str, branch: str, reports: Path = REPORTS, gh: Program = command.run
) -> str | None:
    """The id of the last run of `series` that succeeded on `branch`, its folder put beside the
    others; None where GitHub has none any more.

    Raises LabError when `gh` is missing or fails, or when what it fetched is no run's folder.
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
        # It names itself, and is to land nowhere but here.
        if not re.fullmatch(r"\w[\w.-]*", run_id, re.ASCII):
            raise LabError(f"the artifact {series} names its run {run_id!r}", "Remove it there.")
        if not (reports / run_id).exists():
            folder.rename(reports / run_id)
    return run_id


def _succeeded(branch: str, gh: Program) -> Iterable[int]:
    """Numbers of the workflow's runs that measured something valid, newest first."""
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
    """Numbers of the runs that have kept an artifact of this name."""
    said = gh(
        [
            "gh",
            "api",
            "--method=GET",
            "repos/{owner}/{repo}/actions/artifacts",  # gh fills in what GH_REPO names
            f"--raw-field=name={series}",
            f"--raw-field=per_page={LOOK_BACK}",
        ]
    )
    artifacts: list[dict[str, Any]] = json.loads(said)["artifacts"]
    return [kept["workflow_run"]["id"] for kept in artifacts if not kept["expired"]]
