"""Read callgrind's dumps: self cost by shared object and function.

Format: Valgrind User Manual, "Callgrind Format Specification". Names are compressed: `ob=(3) path`
defines, `ob=(3)` refers, and functions have numbers of their own. The line after `calls=` is the
inclusive cost of a call, which is counted where it is executed.
"""

import re
from collections import Counter
from collections.abc import Iterable

from levelbench.errors import LabError

UNKNOWN = "???"
_NAME = re.compile(r"\((\d+)\)(?: (.*))?$")


def functions(lines: Iterable[str]) -> Counter[tuple[str, str]]:
    """Instructions by program or shared object and its function, over all dumps that follow each
    other in `lines`.

    Raises LabError where their sum is not the total that callgrind states.
    """
    found: Counter[tuple[str, str]] = Counter()
    paths: dict[str, str] = {}
    names: dict[str, str] = {}
    path, name, stated, called = UNKNOWN, UNKNOWN, 0, False
    for line in lines:
        first = line[:1]
        if first.isdigit() or first in "+-*":
            if called:
                called = False
            elif (cost := line.rpartition(" ")[2]).isdigit():
                found[path, name] += int(cost)
        elif line.startswith("ob="):
            path = _name(line[3:], paths)
        elif line.startswith("fn="):
            name = _name(line[3:], names)
        elif line.startswith("calls="):
            called = True
        elif line.startswith("cob="):
            _name(line[4:], paths)  # may define a name that an `ob=` refers to
        elif line.startswith("cfn="):
            _name(line[4:], names)
        elif line.startswith("totals:"):
            stated += int(line.split()[1])
        elif line.startswith("# callgrind format"):
            paths, names, path, name, called = {}, {}, UNKNOWN, UNKNOWN, False
    if found.total() != stated:
        raise LabError(
            f"callgrind states {stated} instructions, its lines add up to {found.total()}",
            "Report it, with the version of valgrind.",
        )
    return found


def _name(text: str, names: dict[str, str]) -> str:
    match = _NAME.match(text.strip())
    if match is None:
        return text.strip()
    number, name = match.groups()
    if name:
        names[number] = name
    return names.get(number, UNKNOWN)
