import pytest

from levelbench.verify.parity.processes import FAST_SERIALIZERS, processes, wsgi_parser
from tests.unit.verify.parity.recorded import recorded


@pytest.mark.parametrize("name", ["django", "flask"])
def test_gunicorn_is_an_arbiter_and_three_workers(name: str) -> None:
    found = processes(recorded(f"processes-{name}.txt"))
    assert [process.parent for process in found] == [0, 1, 1, 1]
    assert all("psycopg_binary" in process.modules for process in found[1:])


def test_uvicorn_is_one_process_with_its_native_modules() -> None:
    (process,) = processes(recorded("processes-fastapi.txt"))
    assert {"asyncpg", "uvloop", "httptools"} <= process.modules
    assert not process.modules & FAST_SERIALIZERS


def test_the_parser_of_gunicorn_is_python_unless_the_c_parser_is_loaded() -> None:
    own = processes(recorded("processes-flask.txt"))[1:]
    loaded = processes("1 0 S\n7 1 S gunicorn_h1c/_parser.so\n8 1 S a/b.so\n")[1:]
    assert wsgi_parser(own) == "Python"
    assert wsgi_parser(loaded) == "gunicorn_h1c in 1 of 2 processes"


def test_what_the_audit_itself_runs_is_no_process_of_the_server() -> None:
    text = "1 0 S a/b.so\n7 1 S a/b.so\n9 7 S\n50 0 S\n51 50 R\n8 1 Z\n"
    assert [process.pid for process in processes(text)] == [1, 7, 9]
