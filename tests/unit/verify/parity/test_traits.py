"""Each trait, read from recorded probes of real containers, and from ones with other modules."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import cast

import pytest

from levelbench.contestants.discovery import discover
from levelbench.model.config import ROOT
from levelbench.model.ledger import DECLARED
from levelbench.model.traits import TRAITS, Trait, Traits
from levelbench.verify.parity.processes import Process, Serving
from levelbench.verify.parity.traits import SERVERS, TABLE, Reading, Seen, markdown, outcome
from tests.unit.verify.parity.recorded import serving

READ: Mapping[Trait, Callable[[Seen], Reading]] = {row.trait: row.read for row in TABLE}
RECORDED = {
    "fastapi": Seen(serving("fastapi"), "uvicorn", ("prepared",)),
    "flask": Seen(serving("flask"), "gunicorn", ("text", "binary")),
}
SPECS = {name: discover()[name].spec for name in RECORDED}


def recorded_traits(name: str) -> Traits:
    """As declared, with the Python that the recording is of."""
    return {**SPECS[name].traits, "python": "3.13"}


def changed(seen: Seen, change: Callable[[Process], Process]) -> Seen:
    everything = replace(seen.serving.all, processes=tuple(map(change, seen.serving.all.processes)))
    return replace(seen, serving=Serving(everything, seen.serving.threads))


def with_native(name: str, *added: str, without: str = "?") -> Seen:
    return changed(
        RECORDED[name],
        lambda one: replace(
            one,
            native=frozenset(p for p in one.native if not p.startswith(without)) | set(added),
        ),
    )


def with_modules(name: str, *added: str, without: str = "?") -> Seen:
    return changed(
        RECORDED[name],
        lambda one: replace(
            one,
            modules=None
            if one.modules is None
            else frozenset(p for p in one.modules if not p.startswith(without)) | set(added),
        ),
    )


def started(name: str, *argv: str) -> Seen:
    return changed(RECORDED[name], lambda one: replace(one, argv=argv))


def test_the_table_has_a_row_for_each_trait() -> None:
    assert tuple(row.trait for row in TABLE) == TRAITS


def test_the_documentation_shows_the_table() -> None:
    assert markdown() in (ROOT / "docs" / "equal-work.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", RECORDED)
@pytest.mark.parametrize("trait", [t for t in TRAITS if t not in ("serializer", "protocol")])
def test_the_containers_prove_what_is_declared(name: str, trait: Trait) -> None:
    assert READ[trait](RECORDED[name]) == (recorded_traits(name)[trait],)


@pytest.mark.parametrize(
    ("trait", "seen", "reading"),
    [
        ("http_parser", with_native("flask", "gunicorn_h1c/_parser.so"), ("gunicorn_h1c",)),
        ("http_parser", with_native("fastapi", without="httptools/"), ("h11",)),
        ("event_loop", with_native("fastapi", without="uvloop/"), ("asyncio",)),
        ("event_loop", started("fastapi", "granian", "--loop=asyncio", "app"), ("asyncio",)),
        ("event_loop", with_native("flask", "gevent/_gevent_cgreenlet.so"), ("gevent",)),
        ("driver", with_native("flask", without="psycopg_binary/"), ("psycopg (Python)",)),
        ("driver", with_native("fastapi", "psycopg_binary/pq.so"), ("asyncpg", "psycopg (C)")),
        ("serializer", with_native("fastapi", "orjson/orjson.so"), ("orjson",)),
        ("serializer", with_native("flask", "ujson.cpython-313.so"), ("ujson",)),
        ("serializer", RECORDED["fastapi"], ("json", "text", "pydantic")),
        ("data_layer", with_modules("fastapi", without="sqlalchemy/"), ("sql",)),
        ("data_layer", with_modules("flask", without="flask_sqlalchemy/"), ("sqlalchemy",)),
        ("tasks", with_modules("fastapi", without="celery/"), ("in-process",)),
        ("interface", with_modules("flask", without="gunicorn/workers/gthread"), None),
        ("server", started("fastapi", "granian", "app.main:app"), ("uvicorn",)),
        ("server", started("fastapi", "python3", "-m", "hypercorn", "app"), ("hypercorn",)),
        ("server", started("flask", "/opt/venv/bin/python", "app.py"), ("gunicorn",)),
        ("interface", started("flask", "python3", "-m", "granian", "--interface", "asgi"),
         ("asgi",)),
        ("interface", started("flask", "python3", "-m", "granian", "--interface=wsgi"), ("wsgi",)),
        ("interface", started("fastapi", "python3", "-m", "granian", "app"), ("rsgi",)),
        ("http_parser", started("fastapi", "python3", "-m", "sanic", "app"), ("sanic",)),
    ],
)  # fmt: skip
def test_what_is_loaded_and_started_decides(trait: Trait, seen: Seen, reading: Reading) -> None:
    assert READ[trait](seen) == reading


def test_memory_that_cannot_be_read_proves_nothing_of_modules_in_python() -> None:
    blind = changed(RECORDED["flask"], lambda one: replace(one, modules=None))
    assert READ["data_layer"](blind) is None
    assert READ["interface"](blind) is None
    assert READ["driver"](blind) == ("psycopg (C)",)
    assert READ["http_parser"](blind) == ("gunicorn",)


def test_processes_that_differ_prove_both_values() -> None:
    seen = RECORDED["flask"]
    first = seen.serving.processes[0].pid
    other = Seen(Serving(seen.serving.all, {**seen.serving.threads, first: 8}))
    assert READ["threads"](other) == (4, 8)
    assert READ["processes"](other) == (3,)


def test_a_few_threads_only_help_an_event_loop() -> None:
    """As two threads under Litestar did; threads that serve would hold the connections."""
    seen = RECORDED["fastapi"]
    assert READ["threads"](Seen(Serving(seen.serving.all, {1: 2}))) == (0,)
    many = READ["threads"](Seen(Serving(seen.serving.all, {1: 47}), "uvicorn"))
    assert outcome(40, many) == (DECLARED, True)
    assert outcome(0, many) == ("1 to 47", False)


def test_native_threads_are_an_upper_limit_under_wsgi() -> None:
    """As granian has them: those that run the application inherit the name of its runtime's."""
    found = RECORDED["flask"].serving
    rust = Seen(replace(found, threads=dict.fromkeys(found.threads, 0), native=5))
    assert outcome(4, READ["threads"](rust)) == (DECLARED, True)
    assert outcome(8, READ["threads"](rust)) == ("1 to 5", False)


def test_few_threads_serve_where_a_sweep_sets_few() -> None:
    seen = RECORDED["flask"]
    first = seen.serving.processes[0].pid
    few = Seen(Serving(seen.serving.all, {first: 2}))
    assert READ["threads"](few) == (0,)
    assert READ["threads"](replace(few, connections=2)) == (2,)


def test_an_unknown_server_leaves_interface_and_parser_as_declared() -> None:
    seen = replace(started("fastapi", "daphne", "app"), server_header="daphne")
    assert [READ[cast(Trait, trait)](seen) for trait in ("server", "interface", "http_parser")] == [
        None,
        None,
        None,
    ]
    assert "daphne" not in SERVERS


@pytest.mark.parametrize(
    ("declared", "reading", "observed", "holds"),
    [
        ("uvicorn", ("uvicorn",), "uvicorn", True),
        (3, (3,), "3", True),
        (3, (4,), "4", False),
        (4, (3, 4), DECLARED, True),
        ("json", ("orjson",), "orjson", False),
        ("orjson", ("json", "text"), "json or text", False),
        ("django", None, DECLARED, True),
    ],
)
def test_one_value_proves_or_refuses_and_several_leave_it_declared(
    declared: str | int, reading: Reading, observed: str, holds: bool
) -> None:
    assert outcome(declared, reading) == (observed, holds)


def test_no_process_is_no_evidence_of_an_event_loop() -> None:
    seen = RECORDED["fastapi"]
    none = replace(seen, serving=Serving(replace(seen.serving.all, processes=()), {}))
    assert outcome("uvloop", READ["event_loop"](none))[0] != "uvloop"
