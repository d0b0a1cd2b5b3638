import subprocess
import sys

from levelbench.bench.count import packages

SITE = "/opt/venv/lib/python3.13/site-packages"

DUMP = f"""\
# callgrind format
version: 1
creator: callgrind-3.24.0
pid: 1
positions: line
events: Ir
summary: 16143135


ob=(2) ???
fl=(2) ???
fn=(4678) 0x0000000004e43120
0 6153
0 2469498
0 4102

fn=(3424) 0x00000000067cda20
0 420
cob=(18) {SITE}/uvloop/loop.cpython-313-x86_64-linux-gnu.so
cfi=(154) ???
cfn=(18001) 0x0000000000017290
calls=400 0\x20
0 41790
cfn=(7430) 0x0000000005a2da70'2
calls=1989 0\x20
0 7836737
0 6753443
0 280

fn=(7430)
0 23772
0 6835677
0 15848

ob=(18)
fl=(154)
fn=(18001)
0 33942

totals: 16143135
"""
"""Cut from a count of FastAPI's list."""

MAPS = f"""\
# 1
4e43120 f py::ABCMeta.__instancecheck__:<frozen abc>
5a2da70 f py::InstrumentedAttribute.__get__:{SITE}/sqlalchemy/orm/attributes.py
67cda20 f py::get_request_handler.<locals>.app:{SITE}/fastapi/routing.py
# 9
5a2da70 f py::Flask.wsgi_app:{SITE}/flask/app.py
"""


def test_instructions_count_in_the_python_function_that_runs() -> None:
    assert packages.count(DUMP, MAPS) == {
        "python/abc": 6153 + 2469498 + 4102,
        "fastapi/routing": 420 + 6753443 + 280,
        "sqlalchemy/orm": 23772 + 6835677 + 15848,
        "uvloop/loop": 33942,
    }


def test_each_process_has_addresses_of_its_own() -> None:
    other = DUMP.replace("pid: 1\n", "pid: 9\n")
    found = packages.count(DUMP + other, MAPS)
    assert found["flask/app"] == found["sqlalchemy/orm"] == 6875297


def test_parts_add_up_to_the_instructions_of_the_dump() -> None:
    assert packages.count(DUMP, "").total() == 16143135
    assert packages.count(DUMP, "")["???"] > 0


def test_the_interpreter_is_ignored_by_name_and_by_address() -> None:
    options = packages.valgrind_options("4321280 7852032 fixed\n").split()
    patterns = [o.removeprefix("--fn-skip=") for o in options if o.startswith("--fn-skip=")]
    assert patterns[:3] == ["Py*", "_Py*", "0x000000000041f???"]
    assert "0x00000000005?????" in patterns
    sizes = [16 ** name.count("?") for name in patterns[2:]]
    assert sum(sizes) == 7852032 - 4321280 + (-7852032 % 4096)
    assert {len(name) for name in patterns[2:]} == {18}


def test_addresses_of_a_shared_library_are_not_taken_for_those_of_an_extension() -> None:
    options = packages.valgrind_options("721000 4000000 shared\n").split()
    assert [o for o in options if o.startswith("--fn-skip")] == ["--fn-skip=Py*", "--fn-skip=_Py*"]


def test_the_script_finds_the_code_of_the_interpreter() -> None:
    printed = subprocess.run(
        [sys.executable, "-c", packages.TEXT_SCRIPT], capture_output=True, text=True, check=True
    ).stdout
    spans = [tuple(map(int, line.split()[:2])) for line in printed.splitlines()]
    assert {line.split()[2] for line in printed.splitlines()} <= {"fixed", "shared"}
    assert all(low < high for low, high in spans)
    assert sum(high - low for low, high in spans) > 2**20
