"""Accepted work that runs in the process of the application is lost when that is killed.

What it measured last is in docs/answers.md; `pytest -s` prints the figures. Tasks of a worker
survive: see test_worker_killed.py.
"""

import subprocess
import time
from collections.abc import Iterator

import pytest

from levelbench.contestants.discovery import discover
from levelbench.lab import up, waiting
from levelbench.verify.contract import Subject
from levelbench.verify.contract.cases.tasks import COMPLETION_LIMIT_S, accepted, succeeded
from levelbench.verify.contract.subject import ORDERS
from levelbench.verify.parity import work
from levelbench.verify.parity.ground import Ground

NAME = "fastapi-background"
TASKS = 20
START_LIMIT_S = 60.0


@pytest.fixture(scope="module")
def ground() -> Iterator[Ground]:
    with (
        up.running(discover()[NAME], f"killed-{NAME}") as running,
        Subject(running.endpoint) as subject,
    ):
        yield Ground(running, subject)


def invoice(subject: Subject, order: int) -> str:
    return accepted(subject.call("POST", f"{ORDERS}/{order}/invoice", token=subject.token))


def test_what_was_accepted_is_lost_when_the_process_is_killed(ground: Ground) -> None:
    site, subject = ground.running.lab.site, ground.subject
    with work.items_locked(ground):
        before = [invoice(subject, order) for order in range(1, TASKS + 1)]
        assert work.worker_waits(ground)
        subprocess.run(["docker", "kill", waiting.state(site, "service").id], check=True)
        site.start("service")
        waiting.wait_ready(site, "service", timeout_s=START_LIMIT_S)
        subject.reconnect()
    # One that is accepted now is done after what would have been done of the others.
    after = invoice(subject, 1)
    succeeded(subject, after, time.monotonic() + COMPLETION_LIMIT_S)
    done = int(ground.sql("SELECT count(*) FROM tasks WHERE status = 'succeeded'")) - 1
    print(f"\n{NAME}: {len(before)} accepted, {len(before) - done} lost")
    assert done == 0
