"""Two contestants' sources side by side: what is the same, what only one has, what differs."""

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from itertools import pairwise, zip_longest
from pathlib import Path
from typing import Any

from rich.console import Console, RenderableType
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from levelbench.contestants.discovery import SPEC_FILE, Service, select
from levelbench.contestants.discovery import source_files as source_files
from levelbench.errors import LabError

LEFT_OUT = {"requirements.lock", SPEC_FILE}
"""Files that are not compared line by line: one is generated, the other is compared by its keys."""
ORDER = ("app", "migrations", "bin", "gunicorn.conf.py", "Dockerfile")
"""What of a contestant is shown first; all else follows, by name."""
SIMILAR = 0.6
"""The share of characters from which two lines are one that was changed (difflib's ratio)."""
PLAIN_WIDTH = 160
"""Columns where the output is no terminal and COLUMNS is not set."""

Mark = str
SAME, CHANGED, ONLY_LEFT, ONLY_RIGHT = " ", "|", "<", ">"
"""The marks of `diff --side-by-side`."""
STYLES = {SAME: "", CHANGED: "yellow", ONLY_LEFT: "red", ONLY_RIGHT: "green"}


@dataclass(frozen=True)
class Line:
    """A line of a file."""

    number: int
    """From 1; 0 where it has none."""
    text: str


Pair = tuple[Line | None, Line | None]


@dataclass(frozen=True)
class File:
    """A file of either contestant; None where a contestant does not have it."""

    path: str
    left: tuple[str, ...] | None
    right: tuple[str, ...] | None


def pick(left: str, right: str, services: dict[str, Service]) -> tuple[Service, Service]:
    """The two services of these names.

    Raises LabError for a name that no folder has, and for one and the same contestant.
    """
    found = [select(name, services) for name in (left, right) if name.strip()]
    chosen = [service for one in found for service in one.values()]
    if len(found) != 2 or len(chosen) != 2:
        raise LabError("diff needs two services", "For one: make diff A=fastapi B=starlette.")
    if chosen[0] == chosen[1]:
        raise LabError(f"{left!r} is the same on both sides", "Name two different services.")
    return chosen[0], chosen[1]


def compare(left: Service, right: Service) -> list[File]:
    """The files of two contestants, in one order, without those LEFT_OUT."""
    lefts, rights = left.files(), right.files()
    return [
        File(path, _lines(lefts.get(path)), _lines(rights.get(path)))
        for path in sorted(lefts.keys() | rights.keys(), key=_order)
        if path not in LEFT_OUT
    ]


def _order(path: str) -> tuple[int, str]:
    top = path.split("/", maxsplit=1)[0]
    return ORDER.index(top) if top in ORDER else len(ORDER), path


def _lines(path: Path | None) -> tuple[str, ...] | None:
    if path is None:
        return None
    text = path.read_bytes().decode(errors="backslashreplace").replace("\r", "\\r")
    if text and not text.endswith("\n"):
        text += "\n\\ no newline at the end\n"  # what cannot be seen is said, as diff does
    return tuple(text.split("\n")[:-1])


def pairs(left: list[str], right: list[str]) -> list[Pair]:
    """The lines of two texts, each beside the line that it matches; all lines, in their order.

    Equal lines stand beside each other, then similar ones; what is left between them fills rows
    from above. A pair whose texts differ is a changed line.
    """
    rows: list[Pair] = []
    matches = SequenceMatcher(None, left, right, autojunk=False).get_opcodes()
    for tag, left_start, left_end, right_start, right_end in matches:
        lefts = [Line(n + 1, left[n]) for n in range(left_start, left_end)]
        rights = [Line(n + 1, right[n]) for n in range(right_start, right_end)]
        rows += _align(lefts, rights) if tag == "replace" else zip_longest(lefts, rights)
    return rows


def _align(left: list[Line], right: list[Line]) -> Iterator[Pair]:
    anchors = [(-1, -1), *_similar(left, right), (len(left), len(right))]
    for (i, j), (next_i, next_j) in pairwise(anchors):
        if i >= 0:
            yield left[i], right[j]
        yield from zip_longest(left[i + 1 : next_i], right[j + 1 : next_j])


def _similar(left: list[Line], right: list[Line]) -> list[tuple[int, int]]:
    """Indices of the lines that go together, such that their similarity is largest in sum."""
    best = [[0.0] * (len(right) + 1) for _ in range(len(left) + 1)]
    ratios = [[_ratio(one.text, other.text) for other in right] for one in left]
    for i in reversed(range(len(left))):
        for j in reversed(range(len(right))):
            best[i][j] = max(best[i + 1][j], best[i][j + 1], best[i + 1][j + 1] + ratios[i][j])
    together = []
    i = j = 0
    while i < len(left) and j < len(right):
        if ratios[i][j] and best[i][j] == best[i + 1][j + 1] + ratios[i][j]:
            together.append((i, j))
            i, j = i + 1, j + 1
        elif best[i][j] == best[i + 1][j]:
            i += 1
        else:
            j += 1
    return together


def _ratio(left: str, right: str) -> float:
    matcher = SequenceMatcher(None, left.strip(), right.strip(), autojunk=False)
    if matcher.real_quick_ratio() < SIMILAR or matcher.quick_ratio() < SIMILAR:
        return 0.0
    ratio = matcher.ratio()
    return ratio if ratio >= SIMILAR else 0.0


def spec_pairs(left: Service, right: Service) -> list[Pair]:
    """What differs in two service.toml files: key beside key, then the entries of each."""
    one, other = left.declared(), right.declared()
    entries = pairs(_entries(one), _entries(other))
    keys = [
        (_key(key, one), _key(key, other))
        for key in one | other
        if key not in ("choices", "included")
    ]
    unnumbered = [
        (left and replace(left, number=0), right and replace(right, number=0))
        for left, right in entries
    ]
    return [pair for pair in [*keys, *unnumbered] if _mark(*pair) != SAME]


def _entries(spec: dict[str, Any]) -> list[str]:
    """A line for each choice, and for each thing that comes for free, without its proof."""
    choices = [f"{c['what']} ({c['why']}; {c['source']})" for c in spec.get("choices", [])]
    included = [
        f"included: {i['what']} by {i['by']} ({i['how']})" for i in spec.get("included", [])
    ]
    return choices + included


def _key(key: str, spec: dict[str, Any]) -> Line | None:
    return Line(0, f"{key} = {_toml(spec[key])}") if key in spec else None


def _toml(value: object) -> str:
    match value:
        case bool():
            return str(value).lower()
        case dict():
            return "{ " + ", ".join(f"{key} = {_toml(v)}" for key, v in value.items()) + " }"
        case list():
            return "[" + ", ".join(map(_toml, value)) + "]"
        case str():
            return f'"{value}"'
    return str(value)


def render(a: Service, b: Service) -> Iterable[RenderableType]:
    """Both contestants' files, then the keys of service.toml that differ, then a summary."""
    files = compare(a, b)
    for file in files:
        if file.left == file.right:
            yield Text(f"identical: {file.path}, {_count(file.left)}", "dim")
        elif file.right is None:
            yield Text(f"only in {a.name}: {file.path}, {_count(file.left)}", STYLES[ONLY_LEFT])
        elif file.left is None:
            yield Text(f"only in {b.name}: {file.path}, {_count(file.right)}", STYLES[ONLY_RIGHT])
        else:
            yield from _columns(file.path, a.name, b.name, pairs([*file.left], [*file.right]))
    if different := spec_pairs(a, b):
        yield from _columns(f"{SPEC_FILE}, what differs", a.name, b.name, different)
    yield Rule(characters="-")
    yield Text(summary(files, a.name, b.name))


def _columns(title: str, left: str, right: str, rows: Iterable[Pair]) -> Iterator[RenderableType]:
    yield Rule(Text(title, "bold"), characters="-", align="left")
    table = Table.grid(padding=(0, 1), expand=True)
    for _ in range(2):
        table.add_column(justify="right", style="dim", no_wrap=True)  # the line's number
        table.add_column(ratio=1, overflow="fold")
        table.add_column(width=1)  # the mark
    table.add_row("", Text(left, "bold"), "", "", Text(right, "bold"))
    for one, other in rows:
        mark = _mark(one, other)
        table.add_row(*_cells(one, mark), Text(mark, STYLES[mark]), *_cells(other, mark))
    yield table


def _cells(line: Line | None, mark: Mark) -> tuple[str, Text]:
    if line is None:
        return "", Text()
    return str(line.number or ""), Text(line.text, STYLES[mark])


def _mark(left: Line | None, right: Line | None) -> Mark:
    if left is None:
        return ONLY_RIGHT
    if right is None:
        return ONLY_LEFT
    return SAME if left.text == right.text else CHANGED


def summary(files: Iterable[File], left: str, right: str) -> str:
    """How many files are identical, differ, or are in one contestant only; and their lines."""
    files = list(files)
    same = [f for f in files if f.left == f.right]
    differ = [f for f in files if None not in (f.left, f.right) and f.left != f.right]
    only_left = [f for f in files if f.right is None]
    only_right = [f for f in files if f.left is None]
    return "; ".join(
        (
            f"{_files(same)} identical ({_total(f.left for f in same)})",
            f"{_files(differ)} different ({left}: {_total(f.left for f in differ)}, "
            f"{right}: {_total(f.right for f in differ)})",
            f"{_files(only_left)} only in {left} ({_total(f.left for f in only_left)})",
            f"{_files(only_right)} only in {right} ({_total(f.right for f in only_right)})",
        )
    )


def _files(files: list[File]) -> str:
    return f"{len(files)} file{'' if len(files) == 1 else 's'}"


def _count(lines: tuple[str, ...] | None) -> str:
    number = len(lines or ())
    return f"{number} line{'' if number == 1 else 's'}"


def _total(sides: Iterable[tuple[str, ...] | None]) -> str:
    return _count(tuple(line for side in sides for line in side or ()))


def print_diff(a: Service, b: Service, console: Console) -> None:
    """Print both side by side: as wide as the terminal, or plain text where there is none."""
    if console.is_terminal:
        for part in render(a, b):
            console.print(part, soft_wrap=False, highlight=False)
        return
    plain = Console(width=int(os.environ.get("COLUMNS") or PLAIN_WIDTH), color_system=None)
    for part in render(a, b):
        with plain.capture() as printed:
            plain.print(part, highlight=False)
        for line in printed.get().removesuffix("\n").split("\n"):
            print(line.rstrip(), file=console.file)
