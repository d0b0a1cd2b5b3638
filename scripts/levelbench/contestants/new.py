"""Make a new contestant by copying the nearest one, with a list of what is left to do (TODO.md)."""

import re
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

from levelbench.contestants.discovery import SERVICES, require_name
from levelbench.contestants.files import copy_files
from levelbench.contestants.service import TODO_FILE, Service
from levelbench.contestants.specification import SPEC_FILE
from levelbench.errors import LabError

DISPLAY_NAME = re.compile(r'^display_name = ".*"$', re.MULTILINE)
ROLE = re.compile(r'^role = ".*"$', re.MULTILINE)
CORE = re.compile(r"^core = true\n", re.MULTILINE)
TABLE = re.compile(r"^\[\[(choices|included)\]\]$", re.MULTILINE)


def create(
    name: str, like: str, known: Mapping[str, Service], folder: Path = SERVICES
) -> tuple[Path, tuple[str, ...]]:
    """Copy `like` to a new folder: a contestant that runs. Returns the folder and what is left.

    Raises LabError for a name that is taken or invalid, or a service that cannot be copied.
    """
    new = folder / name
    require_name(Path(name))
    if new.parent != folder:
        raise LabError(f"{name!r} is a path", "Give the name of the new folder only.")
    if new.exists():
        raise LabError(f"{new} exists already", "Choose another name, or remove the folder.")
    if like not in known:
        raise LabError(f"there is no service {like!r}", f"Choose from: {', '.join(known)}.")
    nearest = known[like]
    if nearest.base:
        raise LabError(
            f"{like} has only what differs from {nearest.base.name}",
            f"Copy the whole contestant: LIKE={nearest.base.name}.",
        )
    if nearest.spec.is_guest:
        raise LabError(
            f"{like} is a guest and no contestant",
            f"Copy its folder for a service of yours: cp -r services/{like} services/{name}",
        )
    copy_files(nearest.files(), new)
    try:
        spec = new / SPEC_FILE
        spec.write_text(_renamed(spec.read_text(encoding="utf-8"), name), encoding="utf-8")
        left = tuple(_left(new, nearest))
        (new / TODO_FILE).write_text(_list(name, nearest, left), encoding="utf-8")
    except BaseException:
        shutil.rmtree(new)
        raise
    return new, left


def open_items(folder: Path) -> list[str]:
    """What TODO.md of a contestant still has to be done; empty without such a file."""
    path = folder / TODO_FILE
    lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
    return [line.removeprefix("- [ ] ") for line in lines if line.startswith("- [ ] ")]


def _renamed(spec: str, name: str) -> str:
    """Content of service.toml with the new name, for a contestant that is not of the core."""
    shown = re.sub(r"[-_]+", " ", name).capitalize()
    spec = DISPLAY_NAME.sub(f'display_name = "{shown}"', CORE.sub("", spec), count=1)
    return ROLE.sub('role = "contestant"', spec, count=1)


def _left(folder: Path, nearest: Service) -> Iterator[str]:
    """Places where the framework of the nearest contestant has to be replaced."""
    framework = nearest.spec.packages[0]
    word = re.compile(rf"\b{re.escape(framework)}\b", re.IGNORECASE)
    import_line = re.compile(rf"\s*(from|import) {framework.replace('-', '_')}\b", re.IGNORECASE)
    yield f"{SPEC_FILE}: set display_name, packages and what describes the stack"
    yield f"requirements.in: replace {framework}, then run `make lock`"
    for path in sorted(folder.rglob("*.py")):
        imported = [
            number
            for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
            if import_line.match(line)
        ]
        if imported:
            numbers = ", ".join(map(str, imported))
            lines = "line" if len(imported) == 1 else "lines"
            yield f"{path.relative_to(folder)}: {lines} {numbers} import {framework}"
    for path in sorted(folder.glob("bin/*")):
        if word.search(path.read_text(encoding="utf-8")):
            yield f"{path.relative_to(folder)}: names {framework}"
    content = (folder / SPEC_FILE).read_text(encoding="utf-8")
    places = [(found.start(), found[1]) for found in TABLE.finditer(content)]
    ends = [start for start, _ in places[1:]] + [len(content)]
    for kind in ("choices", "included"):
        entries = [
            f"line {content.count(chr(10), 0, start) + 1}"
            for (start, found), end in zip(places, ends, strict=True)
            if found == kind and word.search(content[start:end])
        ]
        if entries:
            yield f"{SPEC_FILE}: [[{kind}]] that name {framework}: {', '.join(entries)}"


def _list(name: str, nearest: Service, left: tuple[str, ...]) -> str:
    items = "\n".join(f"- [ ] {item}" for item in left)
    return (
        f"# {name}: what is left to do\n\n"
        f"The folder is a copy of services/{nearest.name}, and runs: `make up-{name}`. "
        f"`make verify-{name}` fails until every\n"
        "point is ticked (`- [x]`) or this file is removed. docs/adding-a-contestant.md has the "
        "steps.\n\n"
        f"{items}\n"
    )
