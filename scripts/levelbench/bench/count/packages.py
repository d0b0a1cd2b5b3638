"""Attribute instructions to packages, Python code included, from callgrind's dumps.

`python -X perf` (docs.python.org, "Python support for the Linux perf profiler") gives each Python
function machine code of its own and writes its address to /tmp/perf-<pid>.map. callgrind ignores
calls to functions of the interpreter (`--fn-skip`, Callgrind manual 6.3.5), so that what it
executes counts in the Python function or the extension that called it.
"""

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator

from levelbench.analysis.instructions import part
from levelbench.bench.count import callgrind

VARIABLES = {"PYTHONPERFSUPPORT": "1"}
MAPS_SCRIPT = (
    'for map in /tmp/perf-*.map; do pid=${map#/tmp/perf-}; echo "# ${pid%.map}"; cat "$map"; done'
)
TEXT_SCRIPT = """
import os, sys
maps = [line.split() for line in open("/proc/self/maps")]
paths = [words[5] for words in maps if len(words) > 5]
library = [path for path in paths if "/libpython3" in path]
path = library[0] if library else os.path.realpath(sys.executable)
spans = [words[0].split("-") + [words[1]] for words in maps if words[5:6] == [path]]
with open(path, "rb") as file:
    file.seek(16)
    moved = int.from_bytes(file.read(2), "little") == 3  # ET_DYN, ELF specification
base = int(spans[0][0], 16) if moved else 0
for low, high, rights in spans:
    if "x" in rights:
        print(int(low, 16) - base, int(high, 16) - base, "shared" if moved else "fixed")
"""
"""Prints the addresses of the interpreter's code as callgrind names functions without a symbol."""
EXPORTED = ("Py*", "_Py*")
"""Functions of the interpreter that have a symbol."""
ADDRESS_DIGITS = 16
"""callgrind/fn.c: a function without a symbol is named by its address, `%#016lx`."""
_PAGE_DIGITS = 3
_PID = re.compile(r"^pid: (\d+)$", re.MULTILINE)

OPTIONS = ("--smc-check=none", "--separate-recs=1")
"""The machine code of a Python function is written once, before it is called."""


def valgrind_options(text: str) -> str:
    """Options that ignore the interpreter's functions; `text`: the output of TEXT_SCRIPT.

    Addresses in a shared library begin at 0 in each of them: a name would also be that of an
    extension's function, so that only those with a symbol are ignored.
    """
    names = [*EXPORTED]
    for line in text.splitlines():
        low, high, kind = line.split()
        if kind == "fixed":
            names += _patterns(int(low), int(high))
    return " ".join([*OPTIONS, *(f"--fn-skip={name}" for name in names)])


def _patterns(low: int, high: int) -> Iterator[str]:
    """Patterns of the names of all addresses from `low` to `high`, whole pages of 4 KiB."""
    page = 16**_PAGE_DIGITS
    at, end = low // page * page, -(-high // page) * page
    while at < end:
        digits = _PAGE_DIGITS
        while at % 16 ** (digits + 1) == 0 and at + 16 ** (digits + 1) <= end:
            digits += 1
        prefix = f"{at:0{ADDRESS_DIGITS}x}"[: ADDRESS_DIGITS - digits]
        yield f"0x{prefix}{'?' * digits}"
        at += 16**digits


def count(dumps: str, maps: str) -> Counter[str]:
    """Instructions by part of a package (`sqlalchemy/orm`), of all processes.

    `maps`: the output of MAPS_SCRIPT. Raises LabError for a damaged dump.
    """
    found: Counter[str] = Counter()
    functions = {pid: _Functions(text) for pid, text in _by_process(maps)}
    for dump in re.split(r"(?=^# callgrind format)", dumps, flags=re.MULTILINE):
        pid = _PID.search(dump)
        if pid is None:
            continue
        known = functions.get(pid[1], _Functions(""))
        for (path, name), instructions in callgrind.functions(dump.splitlines()).items():
            file = known.file(name) if path == callgrind.UNKNOWN else path
            found[part(file)] += instructions
    return found


def _by_process(maps: str) -> Iterator[tuple[str, str]]:
    for text in maps.split("# ")[1:]:
        pid, _, lines = text.partition("\n")
        yield pid, lines


class _Functions:
    """The Python functions of a process, by the address of their machine code."""

    def __init__(self, lines: str) -> None:
        self._files = {
            int(words[0], 16): (int(words[1], 16), words[2].rpartition(":")[2])
            for line in lines.splitlines()
            if len(words := line.split(" ", 2)) == 3 and words[2].startswith("py::")
        }
        self._starts = sorted(self._files)

    def file(self, name: str) -> str:
        """The file of a function that callgrind names by an address; UNKNOWN for any other."""
        try:
            address = int(name.partition("'")[0], 16)
        except ValueError:
            return callgrind.UNKNOWN
        place = bisect_right(self._starts, address) - 1
        if place < 0:
            return callgrind.UNKNOWN
        size, file = self._files[self._starts[place]]
        return file if address < self._starts[place] + size else callgrind.UNKNOWN
