"""Traits: the parts of a stack that a contestant declares, and what differs between two of them.

service.toml has each as a key. levelbench.verify.parity.traits says how each is proven.
services/CONTRACT.md shows `TABLE`.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal, get_args

Trait = Literal[
    "interface",
    "server",
    "http_parser",
    "event_loop",
    "processes",
    "threads",
    "driver",
    "protocol",
    "data_layer",
    "serializer",
    "api_layer",
    "tasks",
    "python",
]
TRAITS: tuple[Trait, ...] = get_args(Trait)
Interface = Literal["asgi", "wsgi", "rsgi", "own"]
Protocol = Literal["prepared", "text", "binary"]
Tasks = Literal["celery", "in-process"]
Value = str | int
Traits = Mapping[Trait, Value]
"""Trait -> value. A run of an older version of the lab recorded some of them only."""


@dataclass(frozen=True)
class TraitRow:
    """A row: one trait, as it is declared and shown."""

    name: Trait
    means: str
    values: str
    """Examples, or all of them where the list is closed."""
    part: str
    """The part of the stack that it belongs to, as in `differ in server, data layer`."""

    @property
    def label(self) -> str:
        """As people read it: `data layer`."""
        return {"api_layer": "API layer", "http_parser": "HTTP parser", "python": "Python"}.get(
            self.name, self.name.replace("_", " ")
        )


TABLE: tuple[TraitRow, ...] = (
    TraitRow(
        "interface",
        "what server and application call each other by; `own`: the framework is its own server",
        "`asgi`, `wsgi`, `rsgi`, `own`; no other",
        "server",
    ),
    TraitRow(
        "server",
        "the distribution that accepts connections",
        "`uvicorn`, `gunicorn`, `granian`, `hypercorn`, `sanic`, `aiohttp`, `robyn`",
        "server",
    ),
    TraitRow(
        "http_parser",
        "the distribution that parses requests; `gunicorn`: its own parser in Python",
        "`httptools`, `h11`, `gunicorn`, `gunicorn_h1c`, `granian`, `sanic`, `aiohttp`, `robyn`",
        "server",
    ),
    TraitRow(
        "event_loop",
        "the loop in Python that runs handlers; `none`: threads only",
        "`uvloop`, `asyncio`, `gevent`, `none`",
        "server",
    ),
    TraitRow(
        "processes",
        "processes that serve requests, without their parent",
        "`1`, `3`",
        "processes",
    ),
    TraitRow(
        "threads",
        "threads of each process that serve requests; `0`: the event loop does",
        "`0`, `4`",
        "processes",
    ),
    TraitRow(
        "driver",
        "PostgreSQL driver of the requests, with its implementation where it has two",
        "`asyncpg`, `psycopg (C)`, `psycopg (Python)`",
        "driver",
    ),
    TraitRow(
        "protocol",
        "how most reads of list and detail run: as `prepared` statements; else not prepared, with "
        "values of results in `text` or in `binary` format",
        "`prepared`, `text`, `binary`; no other",
        "driver",
    ),
    TraitRow(
        "data_layer",
        "what builds statements and objects; `sql`: hand-written SQL",
        "`django`, `sqlalchemy`, `sqlalchemy-asyncio`, `flask-sqlalchemy`, `sql`",
        "data layer",
    ),
    TraitRow(
        "serializer",
        "what turns responses into JSON; `json`: the standard library; `text`: written by hand",
        "`json`, `pydantic`, `orjson`, `ujson`, `msgspec`, `text`",
        "serializer",
    ),
    TraitRow(
        "api_layer",
        "the library over the framework that validates, authenticates and serializes; `none`: the "
        "framework does",
        "`none`, `djangorestframework`, `django-ninja`",
        "API layer",
    ),
    TraitRow(
        "tasks",
        "what runs background tasks: a `celery` worker, or the process that answers",
        "`celery`, `in-process`; no other",
        "tasks",
    ),
    TraitRow(
        "python",
        "version of the interpreter; `t`: built without the global interpreter lock",
        "`3.13`, `3.14`, `3.14t`",
        "Python",
    ),
)
ROWS: Mapping[Trait, TraitRow] = MappingProxyType({row.name: row for row in TABLE})
LABELS: Mapping[Trait, str] = MappingProxyType({row.name: row.label for row in TABLE})


def differing(one: Traits, other: Traits) -> tuple[Trait, ...]:
    """The traits in which two differ; without those that only one of them has recorded."""
    return tuple(
        trait for trait in TRAITS if trait in one and trait in other and one[trait] != other[trait]
    )


def parts(traits: Iterable[Trait]) -> tuple[str, ...]:
    """The parts of the stack that traits belong to: `server`, `driver`, `data layer`."""
    return tuple(dict.fromkeys(ROWS[trait].part for trait in traits))


def markdown() -> str:
    """The table of services/CONTRACT.md."""
    rows = (f"| `{row.name}` | {row.means} | {row.values} |" for row in TABLE)
    return "\n".join(("| trait | meaning | values |", "|---|---|---|", *rows))


_SERVER = re.compile(r"(?P<server>\w+)( \((?P<details>.*)\))?")
_DATA_LAYERS = {
    "Django ORM 6.1": "django",
    "SQLAlchemy 2.1 (Flask-SQLAlchemy)": "flask-sqlalchemy",
    "SQLAlchemy 2.1 (asyncio)": "sqlalchemy-asyncio",
    "none (hand-written SQL)": "sql",
}


def older(fields: Mapping[str, Any]) -> dict[Trait, Value]:
    """Traits from the keys that service.toml and run.json had before: those that they say."""
    found: dict[Trait, Value] = {}
    if "interface" in fields:
        found["interface"] = str(fields["interface"]).lower()
    if match := _SERVER.fullmatch(str(fields.get("server", ""))):
        details = (match["details"] or "").split(", ")
        found["server"] = match["server"]
        if details == ["uvloop", "httptools"]:
            found |= {"event_loop": "uvloop", "http_parser": "httptools"}
        elif details == ["gthread"]:
            found |= {"event_loop": "none", "http_parser": "gunicorn"}
    if "workers" in fields:
        found |= {"processes": fields["workers"], "threads": fields["threads"]}
    if "driver" in fields:
        name = str(fields["driver"]).split()[0]
        implementation = f" ({fields['driver_implementation']})" if name == "psycopg" else ""
        found["driver"] = name + implementation
    if "prepared_statements" in fields:
        found["protocol"] = "prepared" if fields["prepared_statements"] else "text"
    if layer := _DATA_LAYERS.get(fields.get("orm", "")):
        found["data_layer"] = layer
    if "serializer" in fields:
        found["serializer"] = re.split(r"[ ,-]", str(fields["serializer"]))[0]
    return found


_OLDER_KEYS = {"workers", "orm", "driver_implementation", "prepared_statements"}


def current(content: Mapping[str, Any]) -> Mapping[str, Any]:
    """The content of a service.toml with today's keys, also of a commit that had the older ones."""
    if not content.keys() & _OLDER_KEYS:
        return content
    rest = {key: value for key, value in content.items() if key not in _OLDER_KEYS}
    return rest | {"python": "3.13"} | dict(older(content).items())
