"""Extension of a contestant: an exhibit or a variant has only the files and keys that differ."""

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from levelbench.errors import LabError
from levelbench.model import toml
from levelbench.model.exhibit import Exhibit
from levelbench.model.toml import FileModel, Text
from levelbench.model.traits import Trait, Traits, differing

OWN = {"display_name", "role", "extends", "changes", "exhibit"}
"""Keys that no service inherits, and that each may have."""
NOT_INHERITED = {"core"}
ADDED = {"choices", "packages"}
"""Keys with lists: a service's own entries follow those of the contestant that it extends."""
FOLLOWS: Mapping[str, Collection[Trait]] = {
    "transaction_statements": {"driver", "protocol", "data_layer", "interface"},
    "extra_tables": {"data_layer"},
}
"""Keys that may change along with one of some traits."""


class ContestantError(LabError):
    """A fault in a contestant's own folder."""


class _Exhibit(FileModel):
    exhibit: Exhibit


class _Variant(FileModel):
    extends: Text


def parent(content: Mapping[str, Any], path: Path) -> str | None:
    """Name of the contestant that a service.toml extends; None for most. Raises LabError."""
    if "exhibit" in content:
        return toml.parse({"exhibit": content["exhibit"]}, _Exhibit, path).exhibit.extends
    if "extends" in content:
        return toml.parse({"extends": content["extends"]}, _Variant, path).extends
    return None


def merged(base: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    """The content of a service.toml over that of the contestant that it extends."""
    found = {key: value for key, value in base.items() if key not in NOT_INHERITED} | dict(own)
    for key in ADDED & base.keys() & own.keys():
        if isinstance(own[key], list):
            found[key] = [*base[key], *own[key]]
    return found


def require_declared(
    path: Path, own: Mapping[str, Any], changes: Collection[Trait], traits: Traits, base: Traits
) -> None:
    """Raises ContestantError where a variant differs in more than `changes` names, or in less."""
    differs = differing(traits, base)
    more = [trait for trait in differs if trait not in changes]
    if more:
        raise ContestantError(
            f"{path}: {more[0]} is {traits[more[0]]!r} instead of {base[more[0]]!r}, and changes "
            "does not name it",
            f"Add {more[0]!r} to changes, or remove the key.",
        )
    if less := [trait for trait in changes if trait not in differs]:
        raise ContestantError(
            f"{path}: changes names {less[0]}, which is {base[less[0]]!r} as in the contestant "
            "that it extends",
            f"Declare another value of {less[0]}, or remove it from changes.",
        )
    for key in own.keys() - OWN - ADDED - set(changes):
        if not set(FOLLOWS.get(key, ())) & set(changes):
            raise ContestantError(
                f"{path}: a variant cannot have the key {key}",
                "It inherits the key from the contestant that it extends: remove it.",
            )
