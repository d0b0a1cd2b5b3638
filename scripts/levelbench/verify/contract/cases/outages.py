"""Outages of Redis or PostgreSQL: 503 within 2 s, no hang, no 500, and recovery."""

import time
from collections.abc import Callable
from functools import partial

from levelbench.verify.contract import expect
from levelbench.verify.contract.case import Cases
from levelbench.verify.contract.cases.tasks import COMPLETION_LIMIT_S, accepted, succeeded
from levelbench.verify.contract.reply import Reply
from levelbench.verify.contract.subject import (
    HEALTHZ,
    LOGIN,
    ORDERS,
    POOL_SIZE,
    READYZ,
    RECOVERY_LIMIT_S,
    REGISTER,
    TASKS,
    UNKNOWN_TASK,
    Subject,
)
from levelbench.verify.contract.violation import MismatchError

CASES = Cases()

UNAVAILABLE_LIMIT_S = 2.0
AT_ONCE = 4  # threads of one worker process: no request has to queue
GOOD_ROUNDS = 3  # consecutive rounds without an error, after which a contestant has recovered
CALLS_A_ROUND = 2 * POOL_SIZE  # so that the pool of each process uses its broken connections


def _list(subject: Subject) -> Reply:
    return subject.get(ORDERS)


def _detail(subject: Subject) -> Reply:
    return subject.get(f"{ORDERS}/{subject.order['id']}")


def _invoice(subject: Subject) -> Reply:
    target = f"{ORDERS}/{subject.order['id']}/invoice"
    return subject.call("POST", target, token=subject.token)


def _task(subject: Subject) -> Reply:
    return subject.get(f"{TASKS}/{UNKNOWN_TASK}")


def _login(subject: Subject) -> Reply:
    return subject.post(LOGIN, subject.user.credentials)


def _register(subject: Subject) -> Reply:
    value = {"username": subject.new_username(), "password": "correct horse 1"}
    return subject.post(REGISTER, value)


Call = Callable[[Subject], Reply]


def _unavailable(call: Call, rounds: int, subject: Subject) -> None:
    """One call, then several at once, `rounds` times, to use every connection of a pool."""
    replies = [call(subject)]
    for _ in range(rounds):
        replies += subject.at_once([partial(call, subject)] * AT_ONCE)
    for reply in replies:
        expect.error(reply, 503, "unavailable")
        expect.within(reply, UNAVAILABLE_LIMIT_S)


def _invoice_without_broker(subject: Subject) -> None:
    """503, unless its tasks need no broker."""
    if subject.endpoint.tasks == "celery":
        _unavailable(_invoice, 3, subject)
    else:
        accepted(_invoice(subject))


def _not_ready(database: bool, redis: bool, subject: Subject) -> None:
    checks = {"database": database, "redis": redis}
    for _ in range(2):
        reply = subject.call("GET", READYZ)
        expect.body(reply, 503, {"status": "unavailable", "checks": checks})
        expect.within(reply, UNAVAILABLE_LIMIT_S)


def _alive(subject: Subject) -> None:
    reply = subject.call("GET", HEALTHZ)
    expect.body(reply, 200, {"status": "ok"})
    expect.within(reply, UNAVAILABLE_LIMIT_S)


def _unharmed(subject: Subject) -> None:
    """Calls that do not need the broker still succeed."""
    for call, status in ((_list, 200), (_detail, 200), (_login, 200), (_register, 201)):
        expect.status(call(subject), status)
    expect.error(_task(subject), 404, "not_found")


def _recovers(calls: dict[Call, int], subject: Subject) -> None:
    """After the restart: only 503 or success, soon only success; a new task completes."""
    subject.start()
    deadline = time.monotonic() + RECOVERY_LIMIT_S
    good = 0
    while good < GOOD_ROUNDS:
        wanted = list(calls.items()) * (CALLS_A_ROUND // len(calls))
        replies = subject.at_once([partial(call, subject) for call, _ in wanted])
        failed = None
        for reply, (_, status) in zip(replies, wanted, strict=True):
            if reply.status != status:
                expect.error(reply, 503, "unavailable")
                failed = reply
        good = 0 if failed else good + 1
        if failed and time.monotonic() > deadline:
            raise MismatchError(f"recovery within {RECOVERY_LIMIT_S:g} s", str(failed))
        time.sleep(0.1)
    _ready_again(subject)
    succeeded(subject, accepted(_invoice(subject)), time.monotonic() + COMPLETION_LIMIT_S)


def _ready_again(subject: Subject) -> None:
    expected = {"status": "ready", "checks": {"database": True, "redis": True}}
    expect.body(subject.call("GET", READYZ), 200, expected)


CASES.add("redis-down/invoice", _invoice_without_broker, down="redis")
CASES.add("redis-down/readyz", partial(_not_ready, True, False), down="redis")
CASES.add("redis-down/healthz", _alive, down="redis")
CASES.add("redis-down/other-calls-succeed", _unharmed, down="redis")
CASES.add("redis-down/recovers", partial(_recovers, {_invoice: 202, _list: 200}), down="redis")

for label, call, rounds in (
    ("list", _list, 3),  # the first call that uses the pool's broken connections
    ("detail", _detail, 1),
    ("invoice", _invoice, 1),
    ("task", _task, 1),
    ("login", _login, 1),
    ("register", _register, 1),
):
    CASES.add(f"postgres-down/{label}", partial(_unavailable, call, rounds), down="postgres")
CASES.add("postgres-down/readyz", partial(_not_ready, False, True), down="postgres")
CASES.add("postgres-down/healthz", _alive, down="postgres")
CASES.add(
    "postgres-down/recovers",
    partial(
        _recovers,
        {_list: 200, _detail: 200, _invoice: 202, _task: 404, _login: 200, _register: 201},
    ),
    down="postgres",
)
