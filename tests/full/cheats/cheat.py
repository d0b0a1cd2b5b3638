"""A cheat: a contestant of today with a few lines changed, as a contestant of its own."""

import shutil
from dataclasses import dataclass
from pathlib import Path

from levelbench.contestants.discovery import SERVICES, discover
from levelbench.contestants.service import Service

PREFIX = "cheat-"


class StaleEditError(Exception):
    """An edit that does not fit the contestant's sources any more."""


@dataclass(frozen=True)
class Edit:
    """One replacement in one file."""

    file: str
    """Its path in the contestant's folder."""
    old: str
    """Stands there exactly once."""
    new: str


@dataclass(frozen=True)
class Cheat:
    """What somebody in a hurry, or with a reason, could have written."""

    name: str
    base: str
    """The contestant it is made from."""
    what: str
    """What it does instead of the work."""
    rule: str
    """How the names of the rules start of which one at least must be among the broken ones."""
    edits: tuple[Edit, ...]

    @property
    def service_name(self) -> str:
        """The name of its folder, and so of the contestant."""
        return PREFIX + self.name


def apply(cheat: Cheat, folder: Path) -> Service:
    """The cheating contestant, in a folder of its own under `folder`.

    Raises StaleEditError.
    """
    target = folder / cheat.service_name
    _copy(cheat.base, target)
    if extended := discover()[cheat.base].spec.extends:
        _copy(extended, folder / extended)
    for edit in cheat.edits:
        path = target / edit.file
        text = path.read_text(encoding="utf-8")
        if (times := text.count(edit.old)) != 1:
            raise StaleEditError(
                f"{cheat.name}: services/{cheat.base}/{edit.file} holds {times} times, "
                f"and not once:\n{edit.old}"
            )
        path.write_text(text.replace(edit.old, edit.new), encoding="utf-8")
    return discover(folder)[cheat.service_name]


def _copy(name: str, target: Path) -> None:
    ignore = shutil.ignore_patterns("__pycache__", "*_cache")
    shutil.copytree(SERVICES / name, target, ignore=ignore, dirs_exist_ok=True)
