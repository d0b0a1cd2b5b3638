"""Which contestants a branch has changed: those that a pull request is measured for."""

from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath

from levelbench import command
from levelbench.contestants import at_commit as bases
from levelbench.contestants.discovery import SERVICES, SPEC_FILE
from levelbench.model.config import ROOT


def changed(base: str, services: Iterable[str], root: Path = ROOT) -> list[str]:
    """Those of `services` with a file that differs from where this branch left `base`.

    Only such as are there at `base` too: a new contestant has nothing that it could be held
    against. Raises LabError for a commit that this checkout does not hold.
    """
    known = bases.resolve(base, root)
    # A file that moved from one contestant to another has changed both.
    options = ("--name-only", "-z", "--relative", "--no-renames")
    touched = {name for name, _ in _files(_git(root, "diff", *options, f"{known}...HEAD"))}
    held = _git(root, "ls-tree", "-r", "-z", "--name-only", known)
    before = {name for name, file in _files(held) if file == SPEC_FILE}
    return [name for name in services if name in touched & before]


def _git(root: Path, *arguments: str) -> str:
    return command.run(["git", "-C", str(root), *arguments])


def _files(listed: str) -> Iterator[tuple[str, str]]:
    """Contestant's folder and path within it, of each file under services/."""
    for path in map(PurePosixPath, listed.split("\0")):
        if len(path.parts) > 2 and path.parts[0] == SERVICES.name:
            yield path.parts[1], str(PurePosixPath(*path.parts[2:]))
