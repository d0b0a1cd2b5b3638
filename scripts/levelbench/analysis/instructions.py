"""Instructions per request: the mean over hash seeds, by layer and by shared object."""

import re
import statistics
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from levelbench.analysis.stats import mean_interval
from levelbench.model.count import CountRecord, Dump
from levelbench.model.estimate import Estimate, Interval
from levelbench.model.folder import Run
from levelbench.model.results import Instructions
from levelbench.model.vocabulary import Endpoint

Key = TypeVar("Key")
Function = tuple[str, str]
"""Program or shared object, and a function in C."""
Times = Callable[[Dump, Dump], float]
"""How often what runs without requests is in a count."""

IDLE_FUNCTION_MIN, IDLE_RARE = 0.001, 0.01
"""Of the instructions without requests: the share of a function that is looked at, and the share of
functions that run too rarely to be a measure, such as once a second."""

DIFFER_MAX = 0.03
"""Dumps of one start that differ by more have no value. Measured: up to 2.7% where a full garbage
collection falls into one of them."""

SMALL = 0.001
"""Shared objects with a smaller share are counted as `other`."""
OTHER = "other"

INTERPRETER = "interpreter"
LAYERS: tuple[tuple[str, str], ...] = (
    ("validation", r"(pydantic|pydantic_core|annotated_types|marshmallow|attrs?|cattrs)/"),
    ("driver", r"(asyncpg|psycopg\w*)/|libpq"),
    (
        "data layer",
        r"(sqlalchemy|greenlet|flask_sqlalchemy|alembic|peewee|tortoise|piccolo)/|django/db$",
    ),
    (
        "crypto",
        r"(jwt|cryptography|nacl|argon2|_argon2\w*)/|python/(_?ssl|_?hashlib|hmac|_blake2|_sha\d|_md5)$"
        r"|_cffi_backend|libssl|libcrypto",
    ),
    ("JSON", r"(orjson|msgspec)/|python/_?json$|orjson|ujson"),
    (
        "server",
        r"(httptools|uvloop|uvicorn|gunicorn|granian|hypercorn|h11|websockets|waitress)/",
    ),
    ("task queue", r"(celery|kombu|amqp|redis|vine|billiard)/"),
    (
        "framework",
        r"(fastapi|starlette|anyio|sniffio|django|asgiref|flask|werkzeug|itsdangerous|jinja2|"
        r"markupsafe|click|blinker|litestar|blacksheep|guardpost|essentials|rodi|falcon|quart|"
        r"sanic|sanic_routing|aiohttp|aiosignal|frozenlist|multidict|yarl|robyn|rest_framework|"
        r"ninja|flask_\w+|python_multipart)/",
    ),
    ("compression", r"libz\.|libzstd|python/zlib$"),
    ("standard library", r"python/"),
    (INTERPRETER, r"python3|libpython"),
    ("libc", r"libc\.|libm\.|ld-linux|libpthread|libstdc|libgcc|vgpreload"),
    ("application", r"application/"),
)
"""Layer -> pattern of its parts (see `part`); the first one that matches their beginning."""

_PLACES = (
    (r".*/site-packages/(.+)", r"\1"),
    (r".*/python3\.\d+/(?:lib-dynload/)?(.+)", r"python/\1"),
    (r"/srv/(?:app/)?(.+)", r"application/\1"),
)
"""Installed packages, the standard library, the contestant's own files."""
_GENERATED = re.compile(r"<(\w+) generated")


@dataclass(frozen=True)
class PerRequest:
    """Instructions per request of one start and one endpoint."""

    objects: Mapping[str, float]
    functions: Mapping[Function, float]
    """By object and function; empty in older records."""
    differ: float
    idle_share: float

    @property
    def value(self) -> float:
        return sum(self.objects.values())


def of_run(run: Run) -> dict[str, dict[Endpoint, Instructions]]:
    """Service -> endpoint -> instructions per request, of all counts of a run."""
    packages = {record.service: record for record in run.packages}
    found: dict[str, dict[Endpoint, Instructions]] = {}
    for service in dict.fromkeys(count.service for count in run.counts):
        counts = [count for count in run.counts if count.service == service]
        endpoints = dict.fromkeys(name for count in counts for name in count.endpoints)
        own = packages[service].endpoints if service in packages else {}
        found[service] = {name: _estimate(counts, name, own.get(name, {})) for name in endpoints}
    return found


def per_request(
    count: CountRecord, endpoint: Endpoint, *, starved: bool = False
) -> PerRequest | None:
    """Of one start; None where it has no value. `starved`: see `_times_by_functions`."""
    if endpoint not in count.endpoints:
        return None
    times = _times_by_functions if starved else _times_by_length
    found = _per_request(count.endpoints[endpoint], count.idle, times)
    return found if found.differ <= DIFFER_MAX else None


def layer(path: str) -> str:
    """The layer of a file, or of a part. Without a count by package, Python code is executed by the
    interpreter and counted there, whichever package it is of."""
    own = part(path) if path.startswith(("/", "<")) else path
    return next((name for name, pattern in LAYERS if re.match(pattern, own)), OTHER)


def part(path: str) -> str:
    """A package and its first module, of a file: `sqlalchemy/orm`, `python/json`, `libc.so.6`."""
    if generated := _GENERATED.match(path):
        return f"{generated[1]}/generated"
    if path.startswith("<"):
        return f"python/{path.strip('<>').removeprefix('frozen ')}"
    inside = next(
        (found.expand(short) for pattern, short in _PLACES if (found := re.match(pattern, path))),
        path.rpartition("/")[2],
    )
    package, _, rest = inside.partition("/")
    module = re.sub(r"\.(?:py|.*so)$", "", rest.partition("/")[0])
    return f"{package}/{module}" if module else package


def _estimate(
    counts: Sequence[CountRecord], endpoint: Endpoint, packages: Mapping[str, int]
) -> Instructions:
    starts = [
        _per_request(count.endpoints[endpoint], count.idle, _least_times)
        for count in counts
        if endpoint in count.endpoints
    ]
    usable = [start for start in starts if start.differ <= DIFFER_MAX]
    total = _mean([start.value for start in usable])
    names = _names(usable, total.value)
    return Instructions(
        value=total.value,
        confidence_interval=total.confidence_interval,
        seeds=len(usable),
        dumps_differ_max=max((start.differ for start in starts), default=None),
        idle_share_max=max((start.idle_share for start in starts), default=None),
        layers=_shares(packages, total, layer) or _parts(usable, layer),
        packages=_shares(packages, total, lambda part: _package(part, packages)),
        objects=_parts(usable, lambda path: short(path) if path in names else OTHER),
    )


def _per_request(dumps: Iterable[Dump], idle: Dump, times: Times) -> PerRequest:
    """The median of the dumps (the lower of two), without what runs without requests too. A full
    garbage collection falls into some of them at random: the lower half of them has to agree."""
    corrected = sorted(
        (_without_idle(dump, idle, times(dump, idle)) for dump in dumps), key=lambda one: one.value
    )
    median, lowest = corrected[(len(corrected) - 1) // 2], corrected[0]
    return replace(median, differ=corrected[len(corrected) // 2].value / lowest.value - 1)


def _without_idle(dump: Dump, idle: Dump, times: float) -> PerRequest:
    objects = _corrected(dump.objects, idle.objects, times, dump.requests)
    functions = _corrected(_by_function(dump), _by_function(idle), times, dump.requests)
    subtracted = 1 - sum(objects.values()) * dump.requests / dump.instructions
    return PerRequest(objects, functions, 0.0, subtracted)


def _times_by_length(dump: Dump, idle: Dump) -> float:
    """How often what ran in `idle` is in a count, if it grows with the time."""
    return dump.seconds / idle.seconds


def _times_by_functions(dump: Dump, idle: Dump) -> float:
    """The same, by the functions of which the count has least.

    On a machine without a free core the server's timers are late, and its work without requests
    does not grow with the time. Requests use these functions too, so that this is too much, by as
    much in all counts of an endpoint: right for a comparison.
    """
    counted, unasked = _by_function(dump), _by_function(idle)
    total, seen = sum(unasked.values()), 0
    shared = [
        (counted[name] / number, number)
        for name, number in unasked.items()
        if name[1] != OTHER and name in counted and number >= IDLE_FUNCTION_MIN * total
    ]
    for times, number in sorted(shared):
        seen += number
        if seen >= IDLE_RARE * total:
            return times
    return _times_by_length(dump, idle)


def _least_times(dump: Dump, idle: Dump) -> float:
    """The lower of both, since each of them is too much or right. Measured, with ten processes
    ready to run on two cores: 0.06% from start to start, and 0.4% by length alone."""
    return min(_times_by_length(dump, idle), _times_by_functions(dump, idle))


def _corrected(
    counted: Mapping[Key, int], unasked: Mapping[Key, int], times: float, requests: int
) -> dict[Key, float]:
    """Per request, without `times` of what runs without requests too."""
    return {
        name: max(0.0, number - times * unasked.get(name, 0)) / requests
        for name, number in counted.items()
    }


def _by_function(dump: Dump) -> dict[Function, int]:
    return {
        (path, name): number for path, own in dump.functions.items() for name, number in own.items()
    }


def _names(starts: Sequence[PerRequest], total: float | None) -> set[str]:
    """Objects that are large enough to be shown."""
    sums: dict[str, float] = {}
    for start in starts:
        for name, number in start.objects.items():
            sums[name] = sums.get(name, 0.0) + number / len(starts)
    return {name for name, number in sums.items() if number >= SMALL * (total or 0.0)}


def _parts(starts: Sequence[PerRequest], key: Callable[[str], str]) -> dict[str, Estimate]:
    """Mean per request of each part, largest first."""
    each: list[dict[str, float]] = []
    for start in starts:
        sums: dict[str, float] = {}
        for path, number in start.objects.items():
            sums[key(path)] = sums.get(key(path), 0.0) + number
        each.append(sums)
    names = dict.fromkeys(name for sums in each for name in sums)
    found = {name: _mean([sums.get(name, 0.0) for sums in each]) for name in names}
    return dict(sorted(found.items(), key=lambda item: -(item[1].value or 0.0)))


def _shares(
    packages: Mapping[str, int], total: Estimate, key: Callable[[str], str]
) -> dict[str, Estimate]:
    """Each part's share of the value, largest first; empty where nothing was counted by package."""
    if not packages or total.value is None:
        return {}
    sums: dict[str, float] = {}
    for part, instructions in packages.items():
        sums[key(part)] = sums.get(key(part), 0.0) + instructions
    scale = total.value / sum(packages.values())
    found = {name: Estimate(value=scale * number) for name, number in sums.items()}
    return dict(sorted(found.items(), key=lambda item: -(item[1].value or 0.0)))


def _package(part: str, packages: Mapping[str, int]) -> str:
    """The package of a part, or `other` for a small one."""
    name = part.partition("/")[0]
    own = sum(n for other, n in packages.items() if other.partition("/")[0] == name)
    return name if own >= SMALL * sum(packages.values()) else OTHER


def _mean(values: Sequence[float]) -> Estimate:
    if not values:
        return Estimate()
    bounds = mean_interval(values)
    return Estimate(
        value=statistics.fmean(values),
        confidence_interval=Interval(low=bounds.low, high=bounds.high) if bounds else None,
    )


def short(path: str) -> str:
    """A path within its package, or a file's name: `asyncpg/protocol/protocol.so`."""
    inside = path.rpartition("site-packages/")[2]
    name = inside if inside != path else path.rpartition("/")[2]
    return re.sub(r"\.cpython-[^.]*(?=\.so)|\.abi3(?=\.so)", "", name)
