"""Accepted work outlives its worker: killed in the middle of a task, under load, started again.

What it measured last is in docs/method.md, Background work; `pytest -s` prints the figures.
"""

import base64
import itertools
import json
import statistics
import subprocess
import threading
import time
from collections.abc import Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest

from levelbench.contestants.discovery import discover
from levelbench.contestants.selection import select
from levelbench.lab import up, waiting
from levelbench.verify.contract import Subject
from levelbench.verify.contract.cases import tasks
from levelbench.verify.contract.subject import ORDERS, TASKS
from levelbench.verify.parity import work
from levelbench.verify.parity.ground import Ground

CLIENTS = 8
PAUSE_S = 0.1
"""Between an answer and the client's next request: the worker can keep up with all clients."""
DOWN_S = (0.0, 1.0, 2.0, 3.0, 4.0)
"""How long the worker stays away after each kill. From its start it looks every 10 s for what was
left: other lengths make for other waits."""
ORDER_IDS = itertools.cycle(range(1, 21))
WAIT_S = 600.0
POLL_S = 0.2


@dataclass(frozen=True)
class Interrupted:
    """A task that was under way when its worker was killed."""

    task_id: str
    killed_epoch_s: float
    """By PostgreSQL's clock, like all times here."""


@dataclass(frozen=True)
class State:
    """A state of a task, and when it came to it."""

    status: str
    epoch_s: float


@pytest.fixture(scope="module", params=list(select("all", discover())))
def ground(request: pytest.FixtureRequest) -> Iterator[Ground]:
    with (
        up.running(discover()[request.param], f"killed-{request.param}") as running,
        Subject(running.endpoint) as subject,
    ):
        assert subject.token  # made by one thread, before there are many
        yield Ground(running, subject)


@pytest.fixture(autouse=True)
def watched(ground: Ground) -> Iterator[None]:
    ground.sql("TRUNCATE tasks")
    with work.watched(ground):
        yield


def invoice(subject: Subject) -> str:
    """Ask for one invoice; the task's id."""
    # Of the dataset, and not from a page: while the items are locked no page is answered.
    target = f"{ORDERS}/{next(ORDER_IDS)}/invoice"
    return tasks.accepted(subject.call("POST", target, token=subject.token))


@contextmanager
def invoices_asked_for(subject: Subject) -> Iterator[list[str]]:
    """Clients that ask for invoices all the while; the ids of those that are accepted.

    Raises MismatchError at the end for an answer that is no 202.
    """
    accepted: list[str] = []
    enough = threading.Event()

    def client() -> None:
        while not enough.is_set():
            accepted.append(invoice(subject))
            enough.wait(PAUSE_S)

    with ThreadPoolExecutor(CLIENTS) as pool:
        clients = [pool.submit(client) for _ in range(CLIENTS)]
        try:
            yield accepted
        finally:
            enough.set()
    for each in clients:
        each.result()


def epoch_s(ground: Ground) -> float:
    return float(ground.sql("SELECT extract(epoch FROM clock_timestamp())"))


def rows(ground: Ground, condition: str = "true") -> int:
    return int(ground.sql(f"SELECT count(*) FROM tasks WHERE {condition}"))


def wait_until_done(ground: Ground, wanted: int) -> None:
    """Wait until so many tasks have succeeded."""
    deadline = time.monotonic() + WAIT_S
    while (found := rows(ground, "status = 'succeeded'")) < wanted:
        assert time.monotonic() < deadline, f"{found} of {wanted} tasks have succeeded"
        time.sleep(POLL_S)


def wait_until_handed_out(ground: Ground) -> None:
    """Wait until the broker holds no task, waiting or unconfirmed."""
    deadline = time.monotonic() + WAIT_S
    while any(int(broker(ground, *words)) for words in (("llen", "celery"), ("hlen", "unacked"))):
        assert time.monotonic() < deadline, "the broker still holds a task"
        time.sleep(POLL_S)


def broker(ground: Ground, *words: str, stdin: str | None = None) -> str:
    """What Redis answers to a command, whose last word may come from `stdin`."""
    command = ["redis-cli", *(["-x"] if stdin else []), *words]
    return ground.running.lab.site.exec("redis", command, stdin=stdin).strip()


def histories(ground: Ground) -> dict[str, list[State]]:
    """The states of every task, in order."""
    found: dict[str, list[tuple[str, float]]] = ground.json(
        "SELECT json_object_agg(id, states) FROM (SELECT id, json_agg(json_build_array("
        "status, extract(epoch FROM at)) ORDER BY n) AS states FROM lab_tasks GROUP BY id) AS t"
    )
    return {task_id: [State(*state) for state in states] for task_id, states in found.items()}


def shown(ground: Ground, task_id: str) -> tuple[str, object]:
    """What a client sees of a task. Raises MismatchError where the contract does not allow it."""
    found = tasks.task(ground.subject.get(f"{TASKS}/{task_id}"))
    return found["status"], found["result"]


def message_in_the_middle(ground: Ground) -> list[Any]:
    """What the broker keeps of the task that the worker has begun, and gets no further with while
    the items are locked: its message first."""
    assert work.worker_waits(ground)
    newest = broker(ground, "zrange", "unacked_index", "-1", "-1")
    kept: list[Any] = json.loads(broker(ground, "hget", "unacked", newest))
    return kept


def task_of(message: dict[str, Any]) -> str:
    """The one argument of Celery's task, as its message holds it."""
    (task_id,), *_ = json.loads(base64.b64decode(message["body"]))
    return str(task_id)


def kill_worker(ground: Ground) -> Interrupted:
    """Kill the worker's container in the middle of a task."""
    lab = ground.running.lab
    with work.items_locked(ground):
        message, *_ = message_in_the_middle(ground)
        task_id = task_of(message)
        killed_epoch_s = epoch_s(ground)
        subprocess.run(["docker", "kill", waiting.state(lab.site, "worker").id], check=True)
        assert not waiting.is_running(lab.site, "worker")
        assert shown(ground, task_id) == ("running", None)
    return Interrupted(task_id, killed_epoch_s)


def hold_done(
    ground: Ground, accepted: list[str], interrupted: Collection[str] = ()
) -> dict[str, list[State]]:
    """Every accepted task is one row, done and right, and has never gone back to another state.
    The states of each, in order."""
    wait_until_done(ground, len(accepted))
    wait_until_handed_out(ground)
    assert rows(ground) == len(set(accepted)) == len(accepted)
    assert work.wrong_results(ground) == "0"
    found = histories(ground)
    seen = {task_id: [state.status for state in states] for task_id, states in found.items()}
    # Who begins again writes `running` over `running`, unless an ORM sees that it is no change.
    for task_id in interrupted:
        seen[task_id] = [status for status, _ in itertools.groupby(seen[task_id])]
    assert seen == {each: ["pending", "running", "succeeded"] for each in accepted}
    return found


def done_after_s(found: dict[str, list[State]], interrupted: Interrupted) -> float:
    return found[interrupted.task_id][-1].epoch_s - interrupted.killed_epoch_s


def test_no_accepted_task_is_lost_when_the_worker_is_killed_under_load(ground: Ground) -> None:
    interrupted: list[Interrupted] = []
    with invoices_asked_for(ground.subject) as accepted:
        for down_s in DOWN_S:
            wait_until_done(ground, len(accepted) + CLIENTS - len(interrupted))
            interrupted.append(kill_worker(ground))
            time.sleep(down_s)
            ground.running.lab.site.start("worker")
    found = hold_done(ground, accepted, {each.task_id for each in interrupted})
    waits_s = [done_after_s(found, each) for each in interrupted]
    print(
        f"\n{ground.running.contestant.name}: {len(accepted)} accepted, {len(interrupted)}"
        f" interrupted and done {min(waits_s):.1f} to {max(waits_s):.1f} s after the kill, median"
        f" {statistics.median(waits_s):.1f} s; 0 lost"
    )


def test_a_task_whose_process_alone_is_killed_is_handed_out_again(ground: Ground) -> None:
    """As the kernel does for want of memory: the worker sees it, and hands the task back."""
    with work.items_locked(ground):
        task_id = invoice(ground.subject)
        message, *_ = message_in_the_middle(ground)
        assert task_of(message) == task_id
        interrupted = Interrupted(task_id, epoch_s(ground))
        ground.exec("kill -9 $(cat /proc/1/task/1/children)", "worker")
    found = hold_done(ground, [task_id], {task_id})
    wait_s = done_after_s(found, interrupted)
    print(f"\n{ground.running.contestant.name}: done {wait_s:.1f} s after its process was killed")


def test_a_task_that_is_handed_out_again_when_it_is_done_stays_done(ground: Ground) -> None:
    """As after a kill between its result and its confirmation."""
    with work.items_locked(ground):
        task_id = invoice(ground.subject)
        message, *_ = message_in_the_middle(ground)
    hold_done(ground, [task_id])
    before = shown(ground, task_id)
    assert before[0] == "succeeded"
    broker(ground, "lpush", "celery", stdin=json.dumps(message))
    next_id = invoice(ground.subject)  # its turn comes when the other has been dealt with
    hold_done(ground, [task_id, next_id])
    assert shown(ground, task_id) == before
