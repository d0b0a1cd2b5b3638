"""Connections: 12 a contestant under load, its worker's apart."""

import time
from concurrent.futures import ThreadPoolExecutor
from threading import Event

from levelbench.contract.subject import ORDERS
from levelbench.database import OWNER, WORKER
from levelbench.parity.ground import POOL_SIZE, Ground

CLIENTS = 48
"""Far more than there are connections, so that the pool's limit is what is seen."""
LOAD_MIN_S, LOAD_MAX_S = 3.0, 15.0
"""The load ends after the first when the pool was seen full, else goes on to the second."""
WORKER_MAX = 2
"""The worker's pool: one connection and one beyond."""


def audit(ground: Ground) -> None:
    """Count sessions while many clients ask for lists."""
    stop = Event()
    with ThreadPoolExecutor(CLIENTS) as clients:
        running = [clients.submit(_ask, ground, stop) for _ in range(CLIENTS)]
        try:
            most, worker = _watch(ground)
        finally:
            stop.set()
        statuses = {status for client in running for status in client.result()}
    ground.hold("connections", f"with {CLIENTS} clients", str(POOL_SIZE), str(most))
    ground.hold("connections", "of the worker", f"{WORKER_MAX} or fewer", str(worker),
                worker <= WORKER_MAX)  # fmt: skip
    ground.hold("connections", "answers under load", "200",
                " and ".join(map(str, sorted(statuses))))  # fmt: skip


def _ask(ground: Ground, stop: Event) -> set[int]:
    seen = set()
    while not stop.is_set():
        seen.add(ground.subject.get(ORDERS, timeout_s=60).status)
    return seen


def _watch(ground: Ground) -> tuple[int, int]:
    """The most sessions of contestant and worker that were seen at once."""
    start = time.monotonic()
    most = worker = 0
    while True:
        most = max(most, ground.connections(OWNER))
        worker = max(worker, ground.connections(WORKER))
        spent = time.monotonic() - start
        if spent > LOAD_MAX_S or (spent > LOAD_MIN_S and most >= POOL_SIZE):
            return most, worker
