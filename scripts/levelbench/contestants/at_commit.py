"""A contestant as it was at another commit, to be measured beside what it is now."""

import shutil
import tarfile
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from levelbench import command
from levelbench.contestants.discovery import SPEC_FILE, Service, Spec
from levelbench.errors import LabError
from levelbench.model import toml
from levelbench.model.config import REPORTS, ROOT

SUFFIX = "-base"
"""Behind the contestant's name. An image's name may hold it, as it may not hold an `@`."""


def resolve(ref: str, root: Path = ROOT) -> str:
    """The full id of the commit that a branch, tag or commit names. Raises LabError."""
    if shutil.which("git") is None:
        raise LabError("git is missing", "Install it: another commit's files come from there.")
    try:
        said = _git(root, "rev-parse", "--verify", "--end-of-options", f"{ref}^{{commit}}")
    except command.CommandError:
        raise LabError(
            f"there is no commit {ref!r} in this checkout",
            "Name a branch, a tag or a commit; `git fetch` gets what is missing.",
        ) from None
    return said.strip()


@contextmanager
def beside(
    name: str,
    commit: str,
    services: Mapping[str, Service],
    root: Path = ROOT,
    scratch: Path = REPORTS,
) -> Iterator[dict[str, Service]]:
    """The contestant as it is, and as `<name>-base` the same at `commit`: two services like any
    other, the second one's folder lying under `scratch` as long as it is needed.

    Raises LabError where the commit does not have it, or has it in a form not known here.
    """
    head = services[name]
    own = name + SUFFIX
    if own in services:
        raise LabError(f"{own} is a service already", "Rename its folder.")
    scratch.mkdir(parents=True, exist_ok=True)
    # Not in the system's folder for such things: some engines' clients may not read that one.
    with tempfile.TemporaryDirectory(dir=scratch, prefix=".base-") as temporary:
        folder = _extract(head.folder.relative_to(root), commit, Path(temporary), root)
        yield {name: head, own: Service(own, folder, _spec(folder, name, commit))}


def _extract(path: Path, commit: str, into: Path, root: Path) -> Path:
    """Put a folder of the checkout into another place, as it was at a commit."""
    archive = into / "base.tar"
    try:
        _git(root, "archive", "--format=tar", f"--output={archive}", commit, "--", str(path))
    except command.CommandError:
        raise LabError(
            f"{path} is not there at {commit[:12]}",
            "A new contestant has nothing that it could be held against.",
        ) from None
    with tarfile.open(archive) as files:
        files.extractall(into, filter="data")
    archive.unlink()
    return into / path


def _spec(folder: Path, name: str, commit: str) -> Spec:
    at = commit[:12]
    try:
        spec = toml.read(folder / SPEC_FILE, Spec)
    except LabError as error:
        said = error.cause.replace(str(folder), f"{name} at {at}")
        raise LabError(said, "This lab can measure it only in the form that it knows.") from None
    return spec.model_copy(update={"display_name": f"{spec.display_name} at {at}"})


def _git(root: Path, *arguments: str) -> str:
    return command.run(["git", "-C", str(root), *arguments])
