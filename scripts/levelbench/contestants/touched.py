"""Contestants that a branch has changed: what a pull request measures, and what is tested."""

from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath

from levelbench.contestants import at_commit, git
from levelbench.contestants.discovery import SERVICES
from levelbench.contestants.specification import SPEC_FILE
from levelbench.errors import LabError
from levelbench.model.config import ROOT

MAIN = ("origin/HEAD", "origin/main", "main")
"""Names that the main branch may have in a checkout, the most recent first."""
# Without renames, a file that moved between contestants changes both.
OPTIONS = ("--name-only", "-z", "--relative", "--no-renames")


def changed(base: str, services: Iterable[str], root: Path = ROOT) -> list[str]:
    """The services with a committed file that differs from the merge base with `base`.

    New contestants are excluded: there is no earlier version to compare with. Raises LabError for
    a commit that this checkout does not contain.
    """
    known = at_commit.resolve(base, root)
    touched = {name for name, _ in _files(git.git(root, "diff", *OPTIONS, f"{known}...HEAD"))}
    listed = git.git(root, "ls-tree", "-r", "-z", "--name-only", known)
    before = {name for name, file in _files(listed) if file == SPEC_FILE}
    return [name for name in services if name in touched & before]


def differing(services: Iterable[str], root: Path = ROOT) -> list[str]:
    """The services with a file that differs from the merge base with the main branch, committed
    or not, new ones included; all of them where that commit is unknown."""
    try:
        main = _main(root)
    except LabError:
        return list(services)
    edited = git.git(root, "diff", *OPTIONS, "--merge-base", main)
    new = git.git(root, "ls-files", "--others", "--exclude-standard", "-z")
    touched = {name for listed in (edited, new) for name, _ in _files(listed)}
    return [name for name in services if name in touched]


def _main(root: Path) -> str:
    """The commit of the main branch. Raises LabError where the checkout has none, or no commit
    that it has in common with it."""
    for ref in MAIN:
        try:
            commit = at_commit.resolve(ref, root)
            git.git(root, "merge-base", commit, "HEAD")
        except LabError as error:
            cause = error
            continue
        return commit
    raise cause


def _files(listed: str) -> Iterator[tuple[str, str]]:
    """Contestant and path in its folder, for each file under services/."""
    for path in map(PurePosixPath, listed.split("\0")):
        if len(path.parts) > 2 and path.parts[0] == SERVICES.name:
            yield path.parts[1], str(PurePosixPath(*path.parts[2:]))
