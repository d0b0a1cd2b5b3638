"""Differences between the sources of two contestants, as a unified diff."""

from collections.abc import Iterator
from difflib import unified_diff
from pathlib import Path

from rich.console import Console
from rich.text import Text

from levelbench.contestants.files import source_files
from levelbench.contestants.selection import select
from levelbench.contestants.service import LOCK_FILE, NOT_IN_IMAGE, Service
from levelbench.contestants.specification import SPEC_FILE
from levelbench.errors import LabError

STYLES = {"-": "red", "+": "green", "@": "cyan", "=": "bold"}
"""Colour of a line by its first character."""


def pick(left: str, right: str, services: dict[str, Service]) -> tuple[Service, Service]:
    """The two services with these names. Raises LabError unless they are two different ones."""
    found = [select(name, services) for name in (left, right) if name.strip()]
    chosen = [service for one in found for service in one.values()]
    if len(found) != 2 or len(chosen) != 2:
        raise LabError("diff needs two services", "Example: make diff FROM=fastapi TO=starlette.")
    if chosen[0] == chosen[1]:
        raise LabError(f"{left!r} is on both sides of the diff", "Name two different services.")
    return chosen[0], chosen[1]


def compare(a: Service, b: Service) -> Iterator[str]:
    """Lines of the diff, file by file: first those in folders, among them the application.

    Generated lock files are excluded. A file that only one has is named and not printed.
    """
    left, right = _texts(a), _texts(b)
    same = 0
    for path in sorted(left.keys() | right.keys(), key=lambda path: ("/" not in path, path)):
        if path not in right or path not in left:
            owner, lines = (a, left[path]) if path in left else (b, right[path])
            yield f"=== only in {owner.name}: {path}, {len(lines) - 1} lines"
        elif left[path] == right[path]:
            same += 1
        else:
            yield f"=== {path}"
            names = f"{a.name}/{path}", f"{b.name}/{path}"
            yield from unified_diff(left[path], right[path], *names, lineterm="")
    yield f"=== {same} of {len(left.keys() | right.keys())} files are identical"


def added_lines(service: Service) -> int:
    """Number of lines in a service's own files that its base does not have, without blank lines,
    service.toml and requirements."""
    inherited = service.base.files() if service.base else {}
    return sum(
        line.startswith("+") and bool(line[1:].strip())
        for path, file in source_files(service.folder).items()
        if path not in (LOCK_FILE, *NOT_IN_IMAGE)
        for line in list(unified_diff(_lines(inherited.get(path)), _lines(file), lineterm=""))[2:]
    )


def _lines(file: Path | None) -> list[str]:
    return _text(file).split("\n") if file else []


def _texts(service: Service) -> dict[str, list[str]]:
    """The lines of each file. service.toml inherits what it does not state itself."""
    found = {path: _text(file) for path, file in service.files().items() if path != LOCK_FILE}
    found[SPEC_FILE] = "".join(map(_text, service.spec_files()))
    return {path: text.split("\n") for path, text in found.items()}


def _text(file: Path) -> str:
    return file.read_bytes().decode(errors="backslashreplace").replace("\r", "\\r")


def print_diff(a: Service, b: Service, console: Console) -> None:
    """Print the diff, with colours in a terminal."""
    for line in compare(a, b):
        console.print(Text(line, STYLES.get(line[:1], "")), soft_wrap=True)
