"""Idle connections are kept for 75 s, in all services alike: waited for, not read from a file."""

import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

from levelbench.contestants.discovery import discover
from levelbench.contestants.selection import select
from levelbench.lab import up as stack
from levelbench.verify.contract import MismatchError, Subject
from levelbench.verify.contract.subject import HEALTHZ

OPEN_AFTER_S, CLOSED_AFTER_S = 70, 95


def still_answers(subject: Subject, idle_s: float) -> bool:
    with subject.connect() as connection:
        connection.exchange("GET", HEALTHZ, {})
        time.sleep(idle_s)
        try:
            return connection.exchange("GET", HEALTHZ, {}).status == 200
        except MismatchError:
            return False


def test_idle_connections_are_kept_as_long_as_said_and_no_longer() -> None:
    with ExitStack() as up, ThreadPoolExecutor() as waiting:
        answers = {}
        for name, service in select("all", discover()).items():
            running = up.enter_context(stack.running(service, f"keepalive-{name}"))
            subject = up.enter_context(Subject(running.endpoint))
            answers[name] = [
                waiting.submit(still_answers, subject, idle_s)
                for idle_s in (OPEN_AFTER_S, CLOSED_AFTER_S)
            ]
        seen = {name: tuple(found.result() for found in each) for name, each in answers.items()}
    assert seen == dict.fromkeys(seen, (True, False))
