from collections import Counter

import pytest

from levelbench.bench.count.callgrind import functions
from levelbench.errors import LabError
from tests import DATA

DUMP = """\
# callgrind format
version: 1
creator: callgrind-3.24.0
pid: 7
positions: line
events: Ir
summary: 100

ob=(1) /usr/bin/python3.13
fl=(1) ???
fn=(1) main
0 30
cob=(2) /opt/venv/lib/python3.13/site-packages/asyncpg/protocol/protocol.so
cfn=(2) read
calls=4 0
0 50

ob=(2)
fn=(2)
0 50
ob=(1)
fn=(3) done
+2 20

totals: 100
"""


def objects(lines: list[str]) -> Counter[str]:
    found: Counter[str] = Counter()
    for (path, _), instructions in functions(lines).items():
        found[path] += instructions
    return found


def test_a_function_belongs_to_its_object() -> None:
    protocol = "/opt/venv/lib/python3.13/site-packages/asyncpg/protocol/protocol.so"
    assert functions(DUMP.splitlines()) == {
        ("/usr/bin/python3.13", "main"): 30,
        ("/usr/bin/python3.13", "done"): 20,
        (protocol, "read"): 50,
    }


def test_instructions_count_where_they_are_executed() -> None:
    assert objects(DUMP.splitlines()) == {
        "/usr/bin/python3.13": 50,
        "/opt/venv/lib/python3.13/site-packages/asyncpg/protocol/protocol.so": 50,
    }


def test_dumps_of_several_processes_have_names_of_their_own() -> None:
    other = DUMP.replace("(1) /usr/bin/python3.13", "(1) /bin/sh").replace("pid: 7", "pid: 8")
    found = objects((DUMP + other).splitlines())
    assert found["/bin/sh"] == found["/usr/bin/python3.13"] == 50
    assert found.total() == 200


def test_a_recorded_dump_adds_up() -> None:
    """Of `true`, by valgrind 3.24."""
    found = objects((DATA / "callgrind" / "true.txt").read_text().splitlines())
    assert found.total() == 148_680
    assert {path.rpartition("/")[2] for path in found} >= {"true", "libc.so.6"}


def test_no_dump_has_no_instructions() -> None:
    assert not objects([])


def test_a_dump_that_is_not_understood_is_refused() -> None:
    with pytest.raises(LabError, match="states 101 instructions, its lines add up to 100"):
        objects(DUMP.replace("totals: 100", "totals: 101").splitlines())
