"""Git in a checkout, independent of the user's configuration; the commit that it is at."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from levelbench import command
from levelbench.errors import LabError
from levelbench.model.config import ROOT

OPTIONS = (
    "core.autocrlf=false",
    "core.eol=lf",
    "core.attributesFile=/dev/null",
    "core.fsmonitor=false",
    "tar.umask=0022",
)
"""Settings that would change the bytes or the rights of files that an archive has."""
CONTESTANTS = "services"
"""The folder that every version of the project has."""
VARIABLES = {"LC_ALL": "C", "GIT_OPTIONAL_LOCKS": "0"}


def git(root: Path, *arguments: str, stdin: str | None = None) -> str:
    """Run git in a checkout and return its output. Raises CommandError."""
    settings = [word for option in OPTIONS for word in ("-c", option)]
    words = ["git", "-C", str(root), *settings, *arguments]
    return command.run(words, env=VARIABLES, stdin=stdin, inherits=_inherits)


def _inherits(name: str) -> bool:
    """All variables, but none that names another repository, as git does for its hooks."""
    return not name.startswith("GIT_") or name.startswith("GIT_CONFIG_")


@dataclass(frozen=True)
class Commit:
    """The commit of a checkout, or why it is unknown."""

    id: str | None
    """Twelve digits, marked `-dirty` when files differ from it."""
    cause: str = ""
    remedy: str = ""


def commit(root: Path = ROOT) -> Commit:
    """The commit that a checkout is at. A repository around it that does not contain it says
    nothing about it."""
    try:
        require(root)
        words = ("describe", "--always", "--dirty", "--abbrev=12", "--exclude=*")
        return Commit(git(root, *words).strip())
    except LabError as error:
        return Commit(None, error.cause, error.remedy)


def require(root: Path) -> None:
    """Raises LabError, with cause and remedy, unless a commit contains this checkout."""
    try:
        git(root, "rev-parse", "--git-dir")
    except command.CommandError as error:
        raise _no_repository(root, error) from None
    try:
        git(root, "rev-parse", "--verify", "--quiet", f"HEAD:./{CONTESTANTS}")
    except command.CommandError:
        raise LabError(
            "the checkout is not part of the git repository around it",
            "Clone the project instead of unpacking an archive of it.",
        ) from None


def is_shallow(root: Path) -> bool:
    """Whether the checkout has only the last commits of its history."""
    return git(root, "rev-parse", "--is-shallow-repository").strip() == "true"


def _no_repository(root: Path, error: command.CommandError) -> LabError:
    """What git says is wrong, with git's own remedy where it has one."""
    lines = error.output
    if not lines:  # git itself is missing
        return LabError(error.cause, error.remedy)
    if _first(lines, "not a git repository"):
        return LabError(
            "the checkout is not a git repository",
            "Clone the project instead of unpacking an archive of it.",
        )
    if dubious := _first(lines, "dubious ownership"):
        remedy = _first(lines, "git config --global") or (
            f"git config --global --add safe.directory {root}"
        )
        return LabError(f"git: {_without_prefix(dubious)}", f"Run `{remedy}`.")
    return LabError(f"git: {_without_prefix(lines[0])}")


def _first(lines: Sequence[str], part: str) -> str:
    return next((line.strip() for line in lines if part in line), "")


def _without_prefix(line: str) -> str:
    return line.strip().removeprefix("fatal: ").rstrip(".")
