"""Processes of a contestant's container, read by the probe: which serve, and with which threads."""

import json
import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from levelbench.verify.contract.client import NoAnswerError
from levelbench.verify.contract.subject import ORDERS
from levelbench.verify.parity.ground import Ground

PROBE = Path(__file__).parent / "probe.py"
CLIENTS = 48
"""More than the threads of any contestant, so that all are in use while the table is locked."""
PILES = 3
WORKED = 2
"""Piles of requests in which a thread must have worked: others wake up once in a while."""
LOCK_S = 1.0
"""How long a pile of requests waits. Reasoned: in it, all clients have sent their request."""
POLL_S = 0.05
NATIVE_THREADS = ("tokio", "actix", "libuv")
"""How the threads of servers in Rust and C are named. Under ASGI they run no Python; under WSGI,
the threads that run the application inherit the name."""
_LOCK_SQL = f"""
BEGIN; LOCK TABLE orders IN ACCESS EXCLUSIVE MODE; SELECT pg_sleep({LOCK_S}); COMMIT
"""
_LOCKED_SQL = """
SELECT count(*) FROM pg_locks
WHERE relation = 'orders'::regclass AND mode = 'AccessExclusiveLock' AND granted
"""


@dataclass(frozen=True)
class Process:
    """One process of the contestant's container."""

    pid: int
    parent: int
    argv: tuple[str, ...]
    python: str | None
    clients: int
    switches: Mapping[str, int]
    """Thread -> number of its context switches."""
    names: Mapping[str, str]
    """Thread -> name; Python names threads from 3.14 on."""
    native: frozenset[str]
    """Native modules that are mapped."""
    modules: frozenset[str] | None
    """Python modules that are imported; None where its memory cannot be read."""


@dataclass(frozen=True)
class Probed:
    """Processes of the server, and program -> distribution of the installed programs."""

    processes: tuple[Process, ...]
    programs: Mapping[str, str]


@dataclass(frozen=True)
class Serving:
    """The processes that serve requests, read while they do."""

    all: Probed
    threads: Mapping[int, int]
    """Process that serves -> its threads that do, without the main thread and native ones."""
    native: int = 0
    """The most threads named NATIVE_THREADS that worked in one process."""

    @property
    def processes(self) -> tuple[Process, ...]:
        return tuple(one for one in self.all.processes if one.pid in self.threads)

    @property
    def counted(self) -> str:
        """`1+3`: processes that do not serve, and that do; `1` without any of the first."""
        others = len(self.all.processes) - len(self.threads)
        return f"{others}+{len(self.threads)}" if others else str(len(self.threads))


def probe(ground: Ground, searched: Iterable[int] = ()) -> Probed:
    """Run the probe in the contestant's container; `searched`: whose modules it lists."""
    script = PROBE.read_text(encoding="utf-8")
    words = ["python3", "-I", "-", *map(str, searched)]
    return parse(ground.running.lab.site.exec("service", words, stdin=script))


def parse(text: str) -> Probed:
    """Output of the probe: process 1 and its descendants. Raises ValueError, KeyError."""
    found = json.loads(text)
    processes = [
        Process(
            **{
                **fields,
                "argv": tuple(fields["argv"]),
                "native": frozenset(fields["native"]),
                "modules": None if fields["modules"] is None else frozenset(fields["modules"]),
            }
        )
        for fields in found["processes"]
    ]
    kept = {1}
    while more := {p.pid for p in processes if p.parent in kept} - kept:
        kept |= more
    return Probed(tuple(p for p in processes if p.pid in kept), found["programs"])


def serving(ground: Ground) -> Serving:
    """Lock the orders, let requests pile up, and see which processes and threads have them.

    Each pile has connections of its own, so that every process gets some.
    """
    before = probe(ground)
    piles = []
    for _ in range(PILES):
        ground.subject.reconnect()
        _pile(ground)
        piles.append(probe(ground))
    threads = working(before, piles)
    native = max(working(before, piles, native=True).values(), default=0)
    return Serving(probe(ground, threads), threads, native)


def working(before: Probed, piles: Sequence[Probed], *, native: bool = False) -> dict[int, int]:
    """Process that had clients -> its threads that worked in several piles, without the main one;
    those of Python, or with `native` those named NATIVE_THREADS.

    A process that has ended is not counted.
    """
    worked: dict[int, Counter[str]] = {}
    last = {process.pid: process for process in before.processes}
    for pile in piles:
        for process in pile.processes:
            known = last.get(process.pid)
            if process.clients:
                worked.setdefault(process.pid, Counter()).update(
                    task
                    for task, switches in process.switches.items()
                    if switches > (known.switches.get(task, 0) if known else 0)
                    and task != str(process.pid)
                    and process.names[task].startswith(NATIVE_THREADS) == native
                )
            last[process.pid] = process
    alive = {process.pid for process in piles[-1].processes}
    return {
        pid: sum(times >= WORKED for times in tasks.values())
        for pid, tasks in worked.items()
        if pid in alive
    }


def _pile(ground: Ground) -> None:
    """Send requests for the list from many clients while its table is locked."""
    exhibit = ground.spec.exhibit
    token = ground.subject.token if exhibit is None or exhibit.token else None

    def ask() -> None:
        with suppress(NoAnswerError):
            ground.subject.call("GET", ORDERS, token=token, timeout_s=60)

    with ThreadPoolExecutor(1) as locker:
        lock = locker.submit(ground.sql, _LOCK_SQL)
        while not lock.done() and ground.sql(_LOCKED_SQL) == "0":
            time.sleep(POLL_S)
        ground.subject.at_once([ask] * max(CLIENTS, 2 * ground.pool))
        lock.result()
