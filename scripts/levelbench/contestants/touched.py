"""Contestants that a branch has changed, for the measurement of a pull request."""

from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath

from levelbench.contestants import at_commit, git
from levelbench.contestants.discovery import SERVICES, SPEC_FILE
from levelbench.model.config import ROOT


def changed(base: str, services: Iterable[str], root: Path = ROOT) -> list[str]:
    """The services with a file that differs from the merge base with `base`.

    New contestants are excluded: there is no earlier version to compare with. Raises LabError for
    a commit that this checkout does not contain.
    """
    known = at_commit.resolve(base, root)
    # Without renames, a file that moved between contestants changes both.
    options = ("--name-only", "-z", "--relative", "--no-renames")
    touched = {name for name, _ in _files(git.git(root, "diff", *options, f"{known}...HEAD"))}
    listed = git.git(root, "ls-tree", "-r", "-z", "--name-only", known)
    before = {name for name, file in _files(listed) if file == SPEC_FILE}
    return [name for name in services if name in touched & before]


def _files(listed: str) -> Iterator[tuple[str, str]]:
    """Contestant and path in its folder, for each file under services/."""
    for path in map(PurePosixPath, listed.split("\0")):
        if len(path.parts) > 2 and path.parts[0] == SERVICES.name:
            yield path.parts[1], str(PurePosixPath(*path.parts[2:]))
