"""Connections: 12 a contestant under load, its worker's apart."""

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import Event

from levelbench.lab.database import OWNER, WORKER
from levelbench.verify.contract.subject import ORDERS
from levelbench.verify.parity.ground import POOL_SIZE, Ground

CLIENTS = 48
"""Far more than there are connections, so that the pool's limit is what is seen."""
ROUND_S = 3.0
ROUNDS_MAX = 6
"""A client keeps its connection, and one that the kernel has dealt to a process stays there. A
process that was dealt fewer than it has threads cannot fill its pool, however long the load lasts:
so while the pool was not seen full, another round connects anew."""
WORKER_MAX = 2
"""The worker's pool: one connection and one beyond."""


def audit(ground: Ground) -> None:
    """Count sessions while many clients ask for lists."""
    most = worker = 0
    statuses: set[int] = set()
    for _ in range(ROUNDS_MAX):
        ground.subject.reconnect()
        seen = _round(ground)
        most, worker = max(most, seen.most), max(worker, seen.worker)
        statuses |= seen.statuses
        if most >= POOL_SIZE:
            break
    ground.hold("connections", f"with {CLIENTS} clients", str(POOL_SIZE), str(most))
    ground.hold("connections", "of the worker", f"{WORKER_MAX} or fewer", str(worker),
                worker <= WORKER_MAX)  # fmt: skip
    ground.hold("connections", "answers under load", "200",
                " and ".join(map(str, sorted(statuses))))  # fmt: skip


@dataclass(frozen=True)
class Round:
    """What was seen in one: the most sessions at once, and the answers' statuses."""

    most: int
    worker: int
    statuses: set[int]


def _round(ground: Ground) -> Round:
    stop = Event()
    with ThreadPoolExecutor(CLIENTS) as clients:
        running = [clients.submit(_ask, ground, stop) for _ in range(CLIENTS)]
        try:
            most, worker = _watch(ground)
        finally:
            stop.set()
        statuses = {status for client in running for status in client.result()}
    return Round(most, worker, statuses)


def _ask(ground: Ground, stop: Event) -> set[int]:
    seen = set()
    while not stop.is_set():
        seen.add(ground.subject.get(ORDERS, timeout_s=60).status)
    return seen


def _watch(ground: Ground) -> tuple[int, int]:
    """The most sessions of contestant and worker that were seen at once during a round."""
    end = time.monotonic() + ROUND_S
    most = worker = 0
    while True:
        most = max(most, ground.connections(OWNER))
        worker = max(worker, ground.connections(WORKER))
        if time.monotonic() > end:
            return most, worker
