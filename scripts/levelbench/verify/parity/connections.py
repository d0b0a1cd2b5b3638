"""Parity rule "connections": 12 per contestant under load; the worker is counted separately."""

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import Event

from levelbench.lab.database import OWNER, WORKER
from levelbench.verify.contract.subject import ORDERS
from levelbench.verify.parity.ground import Ground

CLIENTS = 100
"""As many as the users of the load, so that what stops for good under it stops here: such as
threads that all wait for a connection while its holders wait for a thread. More where a sweep sets
more."""
ROUND_S = 3.0
ROUNDS_MAX = 6
"""The kernel assigns each client connection to one process, for as long as it is open. A process
with fewer client connections than threads cannot fill its pool, however long the load lasts. So
until the pool is full, the next round opens new connections."""
WORKER_MAX = 2
"""The worker's pool: one connection and one overflow connection."""


def audit(ground: Ground) -> None:
    """Count sessions while many clients request lists."""
    most = worker = 0
    clients = max(CLIENTS, 2 * ground.pool)
    statuses: set[int] = set()
    for _ in range(ROUNDS_MAX):
        ground.subject.reconnect()
        seen = _round(ground, clients)
        most, worker = max(most, seen.most), max(worker, seen.worker)
        statuses |= seen.statuses
        if most >= ground.pool:
            break
    ground.record("connections", f"with {clients} clients", str(ground.pool), str(most))
    ground.record("connections", "of the worker", f"{WORKER_MAX} or fewer", str(worker),
                worker <= WORKER_MAX)  # fmt: skip
    ground.record("connections", "answers under load", "200",
                " and ".join(map(str, sorted(statuses))))  # fmt: skip


@dataclass(frozen=True)
class Round:
    """Result of one round: the most sessions at once, and the status codes."""

    most: int
    worker: int
    statuses: set[int]


def _round(ground: Ground, clients: int) -> Round:
    stop = Event()
    with ThreadPoolExecutor(clients) as threads:
        running = [threads.submit(_ask, ground, stop) for _ in range(clients)]
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
    """The most sessions of contestant and worker at once during a round."""
    end = time.monotonic() + ROUND_S
    most = worker = 0
    while True:
        most = max(most, ground.connections(OWNER))
        worker = max(worker, ground.connections(WORKER))
        if time.monotonic() > end:
            return most, worker
