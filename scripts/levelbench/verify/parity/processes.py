"""Parity rules on running processes: their number, event loop, parser, driver, serializer."""

import re
from dataclasses import dataclass

from levelbench.verify.parity.ground import Ground

WSGI_WORKERS = 3
"""2 x cores + 1 on one core, as in gunicorn's documentation, and an arbiter."""
# Packages whose native modules are loaded.
LOOPS = {"uvloop"}
PARSERS = {"httptools"}
GUNICORN_C_PARSER = "gunicorn_h1c"
DRIVERS = {"asyncpg": "asyncpg", "psycopg_binary": "psycopg", "psycopg_c": "psycopg"}
FAST_SERIALIZERS = {"orjson", "ujson", "msgspec", "rapidjson", "simdjson", "cysimdjson", "yyjson"}

# One line per process: pid, parent, state, then its native modules. Processes that end meanwhile
# are skipped. This script's own processes have no parent in the container.
_SCRIPT = r"""
for folder in /proc/[0-9]*; do
  status=$(cat "$folder/status" 2>/dev/null) || continue
  pid=${folder#/proc/}
  parent=$(echo "$status" | sed -n 's/^PPid:\t//p')
  state=$(echo "$status" | sed -n 's/^State:\t\(.\).*/\1/p')
  modules=$(sed -n 's/.*-packages\/\(.*\.so\).*/\1/p' "$folder/maps" 2>/dev/null | sort -u)
  echo "$pid $parent $state" $modules
done
"""


@dataclass(frozen=True)
class Process:
    """One process of the contestant's container."""

    pid: int
    parent: int
    modules: frozenset[str]
    """Packages whose native modules are loaded."""
    files: frozenset[str]


def audit(ground: Ground) -> None:
    """Count the processes in the container."""
    found = processes(ground.exec(_SCRIPT))
    if ground.spec.interface == "wsgi":
        workers = [p for p in found if p.parent == 1]
        wanted = f"1 arbiter and {WSGI_WORKERS} workers"
        seen = f"1 arbiter and {len(workers)} workers"
        deeper = len(found) - 1 - len(workers)
    else:
        wanted, seen, deeper = "1 process", f"{len(found)} process{'es' * (len(found) > 1)}", 0
    seen += f", and {deeper} child processes of workers" if deeper else ""
    ground.record("processes", "in the container", wanted, seen)


def audit_loop(ground: Ground) -> None:
    """Event loop and HTTP parser of an ASGI server, HTTP parser of a WSGI server."""
    serving = _serving(ground)
    if ground.spec.interface == "asgi":
        _check_modules(ground, "event loop", serving, LOOPS)
        _check_modules(ground, "HTTP parser", serving, PARSERS)
    else:
        ground.record("event loop and parser", "HTTP parser", "Python", wsgi_parser(serving))


def wsgi_parser(serving: list[Process]) -> str:
    """The HTTP parser of gunicorn's workers: its own in Python, unless the C parser is loaded."""
    loaded = sum(GUNICORN_C_PARSER in process.modules for process in serving)
    return f"{GUNICORN_C_PARSER} in {loaded} of {len(serving)} processes" if loaded else "Python"


def audit_driver(ground: Ground) -> None:
    """The C implementation is a native module; without one, the driver is pure Python."""
    spec = ground.spec
    native = [sorted({DRIVERS[m] for m in p.modules & set(DRIVERS)}) for p in _serving(ground)]
    wanted = spec.driver if "(" in spec.driver else f"{spec.driver} (C)"
    name = wanted.split()[0]
    seen = {f"{'+'.join(n)} (C)" if n else f"{name} (Python)" for n in native}
    ground.record("driver", "name and implementation", wanted, "; ".join(sorted(seen)))


def audit_serializer(ground: Ground) -> None:
    """No fast JSON library is loaded."""
    swapped = sorted({m for p in _serving(ground) for m in p.modules} & FAST_SERIALIZERS)
    ground.record("serializer", f"{ground.spec.serializer}, no faster library", "none is loaded",
                ", ".join(swapped) or "none is loaded")  # fmt: skip


def _serving(ground: Ground) -> list[Process]:
    """The processes that answer requests: without gunicorn's arbiter."""
    found = processes(ground.exec(_SCRIPT))
    return [p for p in found if p.parent == 1] if ground.spec.interface == "wsgi" else found


def processes(text: str) -> list[Process]:
    """Parse the server's processes: process 1 and its descendants."""
    parsed = []
    for line in text.splitlines():
        pid, parent, state, *files = line.split()
        if state != "Z":
            modules = frozenset(re.split(r"[/.]", file)[0] for file in files)
            parsed.append(Process(int(pid), int(parent), modules, frozenset(files)))
    kept = {1}
    while True:
        more = {p.pid for p in parsed if p.parent in kept} | {1}
        if more == kept:
            return [p for p in parsed if p.pid in kept]
        kept = more | kept


def _check_modules(ground: Ground, what: str, serving: list[Process], wanted: set[str]) -> None:
    names = " or ".join(sorted(wanted))
    without = [p for p in serving if not p.modules & wanted]
    observed = f"missing in {len(without)} of {len(serving)} processes" if without else names
    ground.record("event loop and parser", what, names, observed)
