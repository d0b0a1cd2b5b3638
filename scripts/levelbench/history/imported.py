"""Import a run folder from another machine, such as the artifact of a nightly run."""

import re
import shutil
from pathlib import Path

from levelbench.errors import LabError
from levelbench.model.folder import load_run


def import_run(folder: Path, reports: Path) -> Path:
    """Copy a run into the reports; returns its new folder.

    Raises ResultsError for a folder that is no run, LabError for one that is there already or
    has links: they would lead to files of this machine.
    """
    run_id = load_run(folder).record.run_id
    if not re.fullmatch(r"\w[\w.-]*", run_id):
        raise LabError(f"{folder} has the run id {run_id!r}, which is a path")
    target = reports / run_id
    if target.exists():
        raise LabError(f"{target} exists already", "Remove it, if it is not this run.")
    if links := [path for path in folder.rglob("*") if path.is_symlink()]:
        raise LabError(f"{links[0]} is a link", "A run's folder has files only: copy them.")
    unfinished = reports / f".{run_id}"
    shutil.rmtree(unfinished, ignore_errors=True)
    try:
        shutil.copytree(folder, unfinished)
        unfinished.rename(target)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
    return target
