"""Discover contestants: each folder under services/ that has a service.toml."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from levelbench.contestants import extension
from levelbench.contestants.service import Service
from levelbench.contestants.specification import SPEC_FILE, Spec
from levelbench.errors import LabError
from levelbench.model import toml
from levelbench.model.config import ROOT

SERVICES = ROOT / "services"
NAME = r"[a-z0-9]+((_|__|-+)[a-z0-9]+)*"
"""A folder's name becomes part of image names and Compose projects, which allow no other names."""
NAME_LENGTH_MAX = 40
"""With the lab's prefixes and suffixes it must fit into the 63 bytes of a database's name and of a
host's name."""
TAKEN = re.compile(
    r"postgres|template\d*|levelbench.*|trial_\d+|.*-(base|after)|all|paired|release|as-published"
)
"""Names of databases and services that the lab itself makes, words of a selection, and endings of
the Makefile's own targets."""


def discover(folder: Path = SERVICES) -> dict[str, Service]:
    """Every contestant by name, in alphabetical order.

    Raises LabError for a malformed service.toml or an invalid folder name.
    """
    specs = {path: toml.load(path) for path in sorted(folder.glob(f"*/{SPEC_FILE}"))}
    if not specs:
        raise LabError(
            f"no contestant found in {folder}", f"Add a folder that contains a {SPEC_FILE}."
        )
    for path in specs:
        require_name(path.parent)
    parents = {path: extension.parent(content, path) for path, content in specs.items()}
    plain = {
        path.parent.name: Service(path.parent.name, path.parent, toml.parse(content, Spec, path))
        for path, content in specs.items()
        if parents[path] is None
    }
    extended = {
        path.parent.name: _extended(path, specs[path], parent, plain)
        for path, parent in parents.items()
        if parent is not None
    }
    return dict(sorted({**plain, **extended}.items()))


def require_name(folder: Path) -> None:
    """Raises LabError for a folder whose name cannot be that of a contestant."""
    name = folder.name
    if not re.fullmatch(NAME, name):
        raise LabError(
            f"{folder}: {name!r} is not a valid contestant name",
            "Rename the folder: use lowercase letters and digits, separated by `-` or `_`.",
        )
    if len(name) > NAME_LENGTH_MAX:
        raise LabError(
            f"{folder}: the name has {len(name)} letters",
            f"Rename the folder: {NAME_LENGTH_MAX} is the most.",
        )
    if TAKEN.fullmatch(name):
        raise LabError(
            f"{folder}: {name!r} is a name of the lab's own",
            "Rename the folder; taken are postgres, template<n>, levelbench..., trial_<n>, "
            "...-base, ...-after, all, paired, release and as-published.",
        )


def _extended(
    path: Path, content: Mapping[str, Any], parent: str, plain: Mapping[str, Service]
) -> Service:
    """Build an exhibit or a variant from its own service.toml and that of its parent."""
    base = plain.get(parent)
    if base is None:
        raise LabError(
            f"{path}: extends: unknown contestant {parent!r}", f"Choose from: {', '.join(plain)}."
        )
    spec = toml.parse(extension.merged(base.declared(), content), Spec, path)
    if spec.role == "variant":
        extension.require_declared(path, content, spec.changes, spec.traits, base.spec.traits)
    return Service(path.parent.name, path.parent, spec, base)
