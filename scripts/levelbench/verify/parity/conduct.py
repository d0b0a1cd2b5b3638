"""Parity rule "logging, debug, keep-alive"."""

import secrets
import time

from levelbench.model.rules import Rule
from levelbench.verify.contract import MismatchError, expect
from levelbench.verify.contract.client import Connection
from levelbench.verify.contract.reply import Reply
from levelbench.verify.contract.subject import ORDERS, POOL_SIZE
from levelbench.verify.contract.violation import shorten
from levelbench.verify.parity.ground import Ground

RULE: Rule = "logging, debug, keep-alive"
REQUESTS = 4 * POOL_SIZE
IDLE_MIN_S = 10.0
"""Longer than the servers' defaults: 5 s in uvicorn, 2 s in gunicorn. All contestants set 75 s."""
LOG_SETTLES_S = 0.3
TRACES = ("Traceback", 'File "', "sqlalchemy", "psycopg", "asyncpg", "DEBUG", "relation ")


def audit(ground: Ground) -> None:
    """No log line per request, no traceback in an error, and connections that are kept open."""
    with ground.subject.connect() as idle:
        _ask(ground, idle)
        since = time.monotonic()
        _check_silence(ground)
        _check_reuse(ground)
        _check_fault(ground)
        _check_idle(ground, idle, since)


def _ask(ground: Ground, connection: Connection, target: str = ORDERS) -> Reply:
    headers = {"Authorization": f"Bearer {ground.subject.token}"}
    return connection.exchange("GET", target, headers)


def _check_idle(ground: Ground, connection: Connection, since: float) -> None:
    """An idle connection still answers."""
    time.sleep(max(0.0, since + IDLE_MIN_S - time.monotonic()))
    wanted = f"open after {IDLE_MIN_S:g} s or more"
    try:
        seen = wanted if _ask(ground, connection).status == 200 else "answers with an error"
    except MismatchError as closed:
        seen = f"closed: {closed.seen}"
    ground.record(RULE, "an idle connection", wanted, seen)


def _check_silence(ground: Ground) -> None:
    """Requests write nothing to the container's output."""
    marker = secrets.token_hex(8)
    before = _log(ground)
    ground.each(lambda n: ground.subject.get(f"{ORDERS}?page=1&marker={marker}"), REQUESTS)
    added = _log(ground)[len(before) :]
    lines = [line for line in added.splitlines() if line.strip()]
    observed = f"{len(lines)} lines" + (f", such as {shorten(lines[0], 120)}" if lines else "")
    ground.record(RULE, f"output of {REQUESTS} requests", "0 lines", observed)


def _log(ground: Ground) -> str:
    time.sleep(LOG_SETTLES_S)
    return "".join(ground.running.lab.site.logs("service"))


def _check_reuse(ground: Ground) -> None:
    with ground.subject.connect() as connection:
        try:
            statuses = [_ask(ground, connection).status for _ in range(20)]
            seen = f"{statuses.count(200)} responses on one connection"
        except MismatchError as closed:
            seen = closed.seen
    ground.record(RULE, "connections are reused", "20 responses on one connection", seen)


def _check_fault(ground: Ground) -> None:
    """While a table is missing, the response is the contract's error without internal details."""
    subject = ground.subject
    targets = (ORDERS, f"{ORDERS}/{subject.order['id']}")
    ground.sql("ALTER TABLE order_items RENAME TO lab_order_items")
    try:
        replies = ground.each(lambda n: _ask_on_new_connection(ground, targets[n % 2]), POOL_SIZE)
    finally:
        ground.sql("ALTER TABLE lab_order_items RENAME TO order_items")
    wanted = "500 as in the contract, without a traceback"
    faults = [fault for reply in replies if (fault := _fault(reply)) is not None]
    ground.record(RULE, "debug is off: an internal error", wanted, faults[0] if faults else wanted)
    after = {reply.status for reply in ground.each(lambda n: subject.get(targets[n % 2]), 24)}
    ground.record(RULE, "after an internal error", "200", " and ".join(map(str, sorted(after))))


def _ask_on_new_connection(ground: Ground, target: str) -> Reply:
    """Send a request on a new connection.

    uvicorn closes a connection after an unhandled exception without announcing it, so the next
    request on that connection may be lost.
    """
    with ground.subject.connect() as connection:
        return _ask(ground, connection, target)


def _fault(reply: Reply) -> str | None:
    """The fault in the response to an internal error, or None."""
    text = reply.body.decode("utf-8", "replace")
    if any(trace in text for trace in TRACES):
        return f"a traceback: {reply}"
    try:
        expect.error(reply, 500, "internal_error")
    except MismatchError as mismatch:
        return mismatch.seen
    return None
