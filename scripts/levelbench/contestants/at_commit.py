"""A contestant at another commit, for a paired comparison with the working tree."""

import shutil
import tarfile
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from levelbench import command
from levelbench.contestants.git import git, is_shallow, require
from levelbench.contestants.service import JOURNEY_FILE, Service
from levelbench.contestants.specification import SPEC_FILE, Spec
from levelbench.errors import LabError
from levelbench.model import toml
from levelbench.model.config import REPORTS, ROOT
from levelbench.model.files import require_writable
from levelbench.model.traits import current

SUFFIX = "-base"
"""Suffix of the contestant's name. It is allowed in image names, unlike `@`."""


def resolve(ref: str, root: Path = ROOT) -> str:
    """Resolve a branch, tag or commit to a full commit id. Raises LabError."""
    require(root)
    try:
        commit = git(root, "rev-parse", "--verify", "--end-of-options", f"{ref}^{{commit}}")
    except command.CommandError:
        fetch = "git fetch --unshallow" if is_shallow(root) else "git fetch"
        raise LabError(
            f"commit {ref!r} not found in this checkout",
            f"Use a branch, a tag or a commit; `{fetch}` downloads missing ones.",
        ) from None
    return commit.strip()


@contextmanager
def with_base(
    name: str,
    commit: str,
    services: Mapping[str, Service],
    root: Path = ROOT,
    scratch: Path = REPORTS,
) -> Iterator[dict[str, Service]]:
    """The contestant as it is now, and as `<name>-base` at `commit`.

    The files of the second are in a temporary folder under `scratch` until the context ends.
    Raises LabError if the commit does not contain the contestant, or has it in an unknown format,
    and for an exhibit or a variant.
    """
    head = services[name]
    if head.base is not None:
        raise LabError(
            f"{name} extends {head.base.name} and is compared with it, not with an earlier version",
            f"Run `make bench SERVICES={name}`, or compare {head.base.name} with its base.",
        )
    own = name + SUFFIX
    if own in services:
        raise LabError(f"a service named {own} already exists", "Rename its folder.")
    require_writable(scratch)
    # Not in the system's temporary folder: clients of some engines cannot read it.
    with tempfile.TemporaryDirectory(dir=scratch, prefix=".base-") as temporary:
        folder = _extract(head.folder.relative_to(root), commit, Path(temporary), root)
        if head.journey and head.journey.is_file():  # both get the same requests
            shutil.copyfile(head.journey, folder / JOURNEY_FILE)
        yield {name: head, own: Service(own, folder, _spec(folder, name, commit))}


def _extract(path: Path, commit: str, into: Path, root: Path) -> Path:
    """Extract a folder of the checkout at a commit."""
    archive = into / "base.tar"
    try:
        git(root, "archive", "--format=tar", f"--output={archive}", commit, "--", str(path))
    except command.CommandError as error:
        if not any("did not match any files" in line for line in error.output):
            raise
        raise LabError(
            f"{path} does not exist at commit {commit[:12]}",
            "A new contestant has no earlier version to compare with.",
        ) from None
    with tarfile.open(archive) as files:
        files.extractall(into, filter="data")
    archive.unlink()
    return into / path


def _spec(folder: Path, name: str, commit: str) -> Spec:
    at = commit[:12]
    try:
        file = folder / SPEC_FILE
        spec = toml.parse(current(toml.load(file)), Spec, file)
    except LabError as error:
        cause = error.cause.replace(str(folder), f"{name} at {at}")
        raise LabError(
            cause, "Choose a later commit: this version of the lab cannot read the older format."
        ) from None
    return Spec.model_validate({**dict(spec), "display_name": f"{spec.display_name} at {at}"})
