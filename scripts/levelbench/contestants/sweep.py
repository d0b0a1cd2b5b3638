"""Sweep of a contestant over values of one setting: each value is a service of the line-up.

Such a service has the contestant's image, files and database, and differs in variables of its
environment that the contestant, or its server, reads.
"""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from levelbench.contestants.discovery import NAME_LENGTH_MAX
from levelbench.contestants.service import Service
from levelbench.contestants.specification import Spec
from levelbench.errors import LabError
from levelbench.model.config import COMPOSE_FILE
from levelbench.model.sweep import SETTINGS, Setting, SweepRecord

POOL = "POOL_SIZE"
"""The variable that a contestant with a pool reads (services/CONTRACT.md)."""
READS_POOL = re.compile(rf'environ\.get\("{POOL}", "(\d+)"\)')
BY_SERVER: Mapping[tuple[Setting, str], tuple[str, str]] = {
    ("workers", "uvicorn"): ("WEB_CONCURRENCY", ""),
    ("workers", "gunicorn"): ("GUNICORN_CMD_ARGS", "--workers="),
    ("threads", "gunicorn"): ("GUNICORN_CMD_ARGS", "--threads="),
}
"""Setting and server -> the variable that the server reads, and what precedes the value in it:
https://uvicorn.dev/settings/ and https://gunicorn.org/reference/settings/"""
VALUES_MAX, VALUE_MAX = 8, 99
"""Reasoned: all values of a block are up together, 1 GiB each; 99 is beyond what is asked for."""
DATABASE_FILE = COMPOSE_FILE.parent / "postgres" / "postgresql.conf"
WORKER_CONNECTIONS = 2
"""Of each contestant's worker (parity rule "connections")."""
RESERVED_CONNECTIONS = 10
"""Reasoned: PostgreSQL keeps 3 for superusers; the rest is for what the lab itself asks."""


def of(service: Service, over: str, known: Mapping[str, Service]) -> SweepRecord:
    """What OVER= asks for, such as `pool=2,4,8`. The declared value is always among the values.

    Raises LabError for a text that is no such list, and where nothing reads the setting.
    """
    found = re.fullmatch(r"(\w+)=(\d+(?:,\d+)*)", re.sub(r"\s", "", over))
    setting = next((one for one in SETTINGS if found and found[1] == one), None)
    if found is None or setting is None:
        raise LabError(
            f"OVER {over!r} is not a setting with values",
            f"Write it as in OVER=pool=2,4,8,12; the settings are {', '.join(SETTINGS)}.",
        )
    possible = [one for one in SETTINGS if _declared(service, one)]
    declared = _declared(service, setting)
    if not declared:
        raise LabError(
            f"{service.name} reads no variable for {setting}",
            f"It reads one for {' and '.join(possible)}."
            if possible
            else "`make list` shows the contestants.",
        )
    values = sorted({int(value) for value in found[2].split(",")} | {declared})
    if values[0] < 1 or values[-1] > VALUE_MAX:
        raise LabError(
            f"OVER {over!r} has a value that is not from 1 to {VALUE_MAX}", "Choose other values."
        )
    if not 2 <= len(values) <= VALUES_MAX:
        raise LabError(
            f"a sweep has 2 to {VALUES_MAX} values; OVER {over!r} makes {len(values)}, with the "
            f"{declared} that {service.name} declares",
            "Choose other values.",
        )
    names = {
        service.name if value == declared else f"{service.name}-{setting}-{value}": value
        for value in values
    }
    for name in names:
        if len(name) > NAME_LENGTH_MAX or (name in known and name != service.name):
            raise LabError(f"a service cannot be named {name}", "Rename the folder of that name.")
    return SweepRecord(service=service.name, setting=setting, declared=declared, values=names)


def line_up(asked: SweepRecord, known: Mapping[str, Service]) -> dict[str, Service]:
    """The contestant itself, then a service for each other value."""
    base = known[asked.service]
    others = {name: value for name, value in asked.values.items() if name != base.name}
    return {
        base.name: base,
        **{name: _at(base, asked.setting, name, value) for name, value in others.items()},
    }


def _at(base: Service, setting: Setting, name: str, value: int) -> Service:
    """The contestant at one value, under a name of its own."""
    trait = {"workers": {"processes": value}, "threads": {"threads": value}}.get(setting, {})
    shown = f"{base.spec.display_name}, {setting} {value}"
    spec = Spec(**{**dict(base.spec), **trait, "core": False, "display_name": shown})
    variables = {}
    if (setting, base.spec.server) in BY_SERVER:
        variable, before = BY_SERVER[setting, base.spec.server]
        variables[variable] = f"{before}{value}"
    if setting == "pool" or (setting == "threads" and _pool(base)):  # a connection for each thread
        variables[POOL] = str(value)
    return Service(name, base.folder, spec, base, variables)


def _declared(service: Service, setting: Setting) -> int | None:
    """The contestant's own value; None where no variable changes it."""
    if service.spec.role == "exhibit":  # its database is its contestant's
        return None
    if setting == "pool":
        return _pool(service)
    if (setting, service.spec.server) not in BY_SERVER:
        return None
    return service.spec.processes if setting == "workers" else service.spec.threads


def _pool(service: Service) -> int | None:
    """The size of its pool, if a variable sets it."""
    settings = (file for path, file in service.files().items() if path.endswith("settings.py"))
    for file in settings:
        if found := READS_POOL.search(file.read_text(encoding="utf-8")):
            return int(found[1])
    return None


def connections(service: Service) -> int:
    """Database connections of a contestant under load: each process has a pool, or one connection
    for each thread."""
    spec = service.spec
    pool = int(service.environment.get(POOL) or _pool(service) or spec.threads)
    return spec.processes * (min(pool, spec.threads) if spec.threads else pool)


def require_connections(
    services: Iterable[Service], *, together: bool, twin: bool, file: Path = DATABASE_FILE
) -> None:
    """Raises LabError where the services need more connections than the database allows.

    `together`: all are up at the same time; `twin`: one of them twice.
    """
    needed = [connections(service) + WORKER_CONNECTIONS for service in services]
    most = max(needed)
    total = (sum(needed) + most * twin if together else most) + RESERVED_CONNECTIONS
    found = re.search(r"^max_connections = (\d+)", file.read_text(encoding="utf-8"), re.MULTILINE)
    if found is None or total > int(found[1]):
        allowed = found[1] if found else "an unknown number of"
        raise LabError(
            f"these values need {total} database connections, and PostgreSQL allows {allowed}",
            f"Choose fewer or smaller values, or raise max_connections in {file.name}.",
        )
