"""Parity rule "traits": each declared part of the stack, read from the running container.

A reading is the values that the evidence allows. One value proves a trait, or refuses the declared
one; several that include the declared one leave it as declared; None is no evidence.
docs/equal-work.md shows `TABLE`.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from levelbench.model.ledger import DECLARED
from levelbench.model.traits import Trait, Value
from levelbench.verify.contract.subject import HEALTHZ, POOL_SIZE
from levelbench.verify.parity.ground import Ground
from levelbench.verify.parity.processes import Process, Serving, serving

Reading = tuple[Value, ...] | None
Evidence = tuple[tuple[str, Value], ...]
"""(what must be there, value), the first that is decides: a native module (`uvloop/`), a Python
module (`h11/__init__.py`) or an option of the command line (`--interface asgi`); "" is always."""


@dataclass(frozen=True)
class Server:
    """What tells interface and parser of a server."""

    interface: Evidence
    http_parser: Evidence


_UVICORN_PARSER: Evidence = (("httptools/", "httptools"), ("", "h11"))
FEW = 4
"""More values that the evidence allows are shown as a range."""
SERVERS: Mapping[str, Server] = {
    "uvicorn": Server((("", "asgi"),), _UVICORN_PARSER),
    "gunicorn": Server(
        (
            ("gunicorn/workers/gthread.py", "wsgi"),
            ("gunicorn/workers/ggevent.py", "wsgi"),
            ("gunicorn/workers/sync.py", "wsgi"),
            ("gunicorn/workers/gasgi.py", "asgi"),
            ("uvicorn/workers.py", "asgi"),
            ("uvicorn_worker/_workers.py", "asgi"),
        ),
        (("gunicorn_h1c/", "gunicorn_h1c"), ("httptools/", "httptools"), ("", "gunicorn")),
    ),
    "granian": Server(
        (("--interface asgi", "asgi"), ("--interface wsgi", "wsgi"), ("", "rsgi")),
        (("", "granian"),),
    ),
    "hypercorn": Server((), (("", "h11"),)),
    "sanic": Server((("", "own"),), (("", "sanic"),)),
    "aiohttp": Server((("", "own"),), (("aiohttp/_http_parser", "aiohttp"),)),
    "robyn": Server((("", "own"),), (("", "robyn"),)),
}
"""Servers that the lab knows; traits of another one stay as declared."""
LOOPS: Evidence = (("uvloop/", "uvloop"), ("rloop/", "rloop"), ("gevent/", "gevent"))
DRIVERS: Evidence = (
    ("asyncpg/", "asyncpg"),
    ("psycopg_binary/", "psycopg (C)"),
    ("psycopg_c/", "psycopg (C)"),
    ("psycopg2/", "psycopg2"),
    ("psqlpy/", "psqlpy"),
)
PYTHON_DRIVERS: Evidence = (
    ("psycopg/connection.py", "psycopg (Python)"),
    ("pg8000/__init__.py", "pg8000"),
)
DATA_LAYERS: Evidence = (
    ("flask_sqlalchemy/extension.py", "flask-sqlalchemy"),
    ("sqlalchemy/ext/asyncio/session.py", "sqlalchemy-asyncio"),
    ("sqlalchemy/orm/session.py", "sqlalchemy"),
    ("sqlalchemy/engine/base.py", "sqlalchemy"),
    ("tortoise/__init__.py", "tortoise"),
    ("peewee.py", "peewee"),
    ("piccolo/__init__.py", "piccolo"),
    ("django/db/models/query.py", "django"),
    ("", "sql"),
)
API_LAYERS: Evidence = (
    ("rest_framework/views.py", "djangorestframework"),
    ("ninja/main.py", "django-ninja"),
    ("", "none"),
)
TASKS: Evidence = (("celery/app/base.py", "celery"), ("", "in-process"))
FAST_SERIALIZERS: Evidence = (
    ("orjson/", "orjson"),
    ("msgspec/", "msgspec"),
    ("ujson.", "ujson"),
    ("rapidjson.", "rapidjson"),
    ("simdjson.", "simdjson"),
    ("csimdjson.", "simdjson"),
    ("cysimdjson/", "cysimdjson"),
    ("yyjson.", "yyjson"),
)


@dataclass(frozen=True)
class Seen:
    """All that was read of a running contestant."""

    serving: Serving
    server_header: str = ""
    statements: Reading = None
    """How statements ran, as the rule "statements and rows" saw it in PostgreSQL's log."""
    connections: int = POOL_SIZE
    """That threads which serve would hold."""

    def each(self, read: Callable[[Process], Reading]) -> Reading:
        """What a reading of each serving process allows; None where one has no evidence."""
        found: dict[Value, None] = {}
        for process in self.serving.processes:
            if (values := read(process)) is None:
                return None
            found |= dict.fromkeys(values)
        return tuple(found) or None


@dataclass(frozen=True)
class Row:
    """A row: how one trait is read."""

    trait: Trait
    how: str
    read: Callable[[Seen], Reading]


def audit(ground: Ground) -> None:
    """Compare each declared trait with what is read from the container."""
    found = serving(ground)
    headers = ground.subject.call("GET", HEALTHZ).headers
    connections = min(POOL_SIZE, ground.pool) if ground.spec.threads else POOL_SIZE
    seen = Seen(found, headers.get("server", ""), ground.protocol, connections)
    for row in TABLE:
        declared = ground.spec.traits[row.trait]
        observed, holds = outcome(declared, row.read(seen))
        ground.record("traits", row.trait, str(declared), observed, holds)
    ground.record("traits", "processes in the container", "counted", found.counted, holds=True)


def outcome(declared: Value, reading: Reading) -> tuple[str, bool]:
    """(what the ledger shows, whether the declared value may be right)."""
    if reading is None:
        return DECLARED, True
    if declared not in reading:
        ends = f"{reading[0]} to {reading[-1]}" if len(reading) > FEW else ""
        return ends or " or ".join(map(str, reading)), False
    return (str(declared) if len(reading) == 1 else DECLARED), True


def _matches(process: Process, what: str) -> bool | None:
    """Whether a piece of evidence is there; None where that cannot be seen."""
    if what.endswith(".py"):
        return None if process.modules is None else what in process.modules
    if what.startswith("--"):
        return what in " ".join(process.argv).replace("=", " ")
    return what == "" or any(path.startswith(what) for path in process.native)


def _first(process: Process, evidence: Evidence) -> Reading:
    for what, value in evidence:
        match _matches(process, what):
            case True:
                return (value,)
            case None:
                return None
    return None


def _all(process: Process, evidence: Evidence) -> tuple[Value, ...]:
    return tuple(dict.fromkeys(value for what, value in evidence if _matches(process, what)))


def _program(process: Process, programs: Mapping[str, str]) -> str:
    """The distribution that a command line starts: `uvicorn ...`, `python -m aiohttp.web ...`."""
    words = [*process.argv]
    if words and "python" in words[0].rpartition("/")[2]:
        words.pop(0)
    while words and words[0].startswith("-") and words[0] != "-m":
        words.pop(0)
    if words[:1] == ["-m"] and len(words) > 1:
        return programs.get(words[1].partition(".")[0], words[1].partition(".")[0])
    return programs.get(words[0].rpartition("/")[2], "") if words else ""


def server(seen: Seen) -> Reading:
    """The program that was started; else what the response header names."""
    for process in seen.serving.all.processes:
        if (started := _program(process, seen.serving.all.programs)) in SERVERS:
            return (started,)
    named = re.findall(r"[a-z]+", seen.server_header.lower())
    return tuple(name for name in named if name in SERVERS)[-1:] or None


def _of_server(seen: Seen, evidence: Callable[[Server], Evidence]) -> Reading:
    """By the first process: a server's command line is that of its parent."""
    if (found := server(seen)) is None:
        return None
    rows = evidence(SERVERS[str(found[0])])
    started = _started(seen)
    by_option = [value for what, value in rows if what.startswith("--") and what in started]
    return (by_option[0],) if by_option else seen.each(lambda one: _first(one, rows))


def _started(seen: Seen) -> str:
    """The command line of the first process; empty where none was seen."""
    first = seen.serving.all.processes[:1]
    return " ".join(word for process in first for word in process.argv).replace("=", " ")


def interface(seen: Seen) -> Reading:
    return _of_server(seen, lambda found: found.interface)


def http_parser(seen: Seen) -> Reading:
    return _of_server(seen, lambda found: found.http_parser)


def event_loop(seen: Seen) -> Reading:
    """asyncio if the server's command line says so, because a server may load a loop that it does
    not use. Otherwise a native loop that is loaded, or asyncio if no threads serve."""
    if "--loop asyncio" in _started(seen):
        return ("asyncio",)
    native = seen.each(lambda one: _all(one, LOOPS))
    if native is not None:
        return native
    if interface(seen) == ("wsgi",):
        return ("none",)
    return ("asyncio",) if threads(seen) == (0,) else ("asyncio", "none")


def processes(seen: Seen) -> Reading:
    return (len(seen.serving.threads),) if seen.serving.threads else None


def threads(seen: Seen) -> Reading:
    """Threads that serve hold the connections: fewer than half as many only help an event loop."""
    if interface(seen) == ("wsgi",) and seen.serving.native:
        return tuple(range(1, max(seen.serving.threads.values()) + seen.serving.native + 1))
    if seen.serving.threads and sum(seen.serving.threads.values()) < seen.connections / 2:
        return (0,)
    if interface(seen) != ("wsgi",):
        # A loop may run in threads of its own what follows a request: not all of them serve it.
        return tuple(range(1, max(seen.serving.threads.values(), default=0) + 1)) or None
    return tuple(sorted(set(seen.serving.threads.values()))) or None


def driver(seen: Seen) -> Reading:
    """A native driver; without one, one in Python."""
    native = seen.each(lambda one: _all(one, DRIVERS))
    if native is not None:
        return native
    in_python = seen.each(lambda one: _all(one, PYTHON_DRIVERS))
    return in_python or tuple(value for _, value in PYTHON_DRIVERS)


def serializer(seen: Seen) -> Reading:
    """A library in C that is loaded; without one, the standard library, or pydantic's."""
    fast = seen.each(lambda one: _all(one, FAST_SERIALIZERS))
    if fast is not None:
        return fast
    pydantic = seen.each(lambda one: _all(one, (("pydantic_core/", "pydantic"),)))
    return ("json", "text", *(pydantic or ()))


TABLE: tuple[Row, ...] = (
    Row(
        "interface",
        "the server's own: for gunicorn, the class of worker that is loaded; for granian, the "
        "option of its command line",
        interface,
    ),
    Row("server", "the command line of the first process; else the header `Server`", server),
    Row(
        "http_parser",
        "the native module that is loaded into the server's processes; without one, the server's "
        "parser in Python",
        http_parser,
    ),
    Row(
        "event_loop",
        "asyncio if the server's command line says so; uvloop or gevent if it is loaded; else "
        "asyncio if no threads serve, and none under WSGI",
        event_loop,
    ),
    Row(
        "processes",
        "processes with open client connections while 48 clients wait for a locked table",
        processes,
    ),
    Row(
        "threads",
        "threads of these processes, without the main thread, that run in several such locks; if "
        "they are fewer than half of the connections, an event loop serves; under an event loop, "
        "and of a server with native threads under WSGI, more threads are an upper limit",
        threads,
    ),
    Row("driver", "the native module that is loaded; without one, a driver in Python", driver),
    Row(
        "protocol",
        "PostgreSQL's log: prepared, or simple statements, which have text format; the format of "
        "unnamed statements is not logged",
        lambda seen: seen.statements,
    ),
    Row(
        "data_layer",
        "the modules in the memory of the serving processes",
        lambda seen: seen.each(lambda one: _first(one, DATA_LAYERS)),
    ),
    Row(
        "serializer",
        "a library in C that is loaded; without one, only the other serializers are excluded",
        serializer,
    ),
    Row(
        "api_layer",
        "the modules in the memory of the serving processes",
        lambda seen: seen.each(lambda one: _first(one, API_LAYERS)),
    ),
    Row(
        "tasks",
        "Celery among the modules in the memory of the serving processes; whether Redis holds a "
        "running task is checked by the rule tasks",
        lambda seen: seen.each(lambda one: _first(one, TASKS)),
    ),
    Row(
        "python",
        "the interpreter of the serving processes",
        lambda seen: seen.each(lambda one: (one.python,) if one.python else None),
    ),
)


def markdown() -> str:
    """The table of docs/equal-work.md."""
    rows = (f"| `{row.trait}` | {row.how} |" for row in TABLE)
    return "\n".join(("| trait | how it is read |", "|---|---|", *rows))
