"""Parity rule "tasks": the worker completes every accepted task before it reports success.

A trigger records each state of each task with PostgreSQL's time, the role that wrote it and the
settings of its session.
"""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

from levelbench.errors import LabError
from levelbench.lab import statements
from levelbench.lab.database import OWNER, WORKER
from levelbench.lab.site import EngineError
from levelbench.lab.statements import Tally
from levelbench.verify.contract.cases.tasks import COMPLETION_LIMIT_S, accepted
from levelbench.verify.contract.subject import ORDERS, TASKS
from levelbench.verify.parity.ground import Ground

SAMPLE = 40
POLL_S = 0.1
LOCK_LIMIT_S = 30
BLOCKED_LIMIT_S = 8.0
WORKER_LABELS = {"SELECT order_items": 1, "SELECT tasks": 1, "UPDATE tasks": 2}
"""Data statements per task: read it, mark it, sum the order's items, finish it."""
# Settings that a session may change: they affect the format of values, not the work.
HARMLESS = {"application_name", "client_encoding", "DateStyle", "IntervalStyle", "TimeZone"}

_WATCH_SQL = f"""
CREATE TABLE lab_tasks (n bigint GENERATED ALWAYS AS IDENTITY, id uuid, status text,
  at timestamptz, has_result boolean, role text, settings text);
CREATE FUNCTION lab_watch() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
  INSERT INTO public.lab_tasks (id, status, at, has_result, role, settings)
  SELECT NEW.id, NEW.status, clock_timestamp(), coalesce(NEW.result, 'null') <> 'null',
    session_user,
    (SELECT coalesce(json_object_agg(name, setting), '{{}}') FROM pg_settings
     WHERE source IN ('client', 'session', 'user', 'database', 'database user')
       AND name NOT IN ({", ".join(f"'{name}'" for name in sorted(HARMLESS))}));
  RETURN NULL;
END $$;
CREATE TRIGGER lab_watch AFTER INSERT OR UPDATE ON tasks FOR EACH ROW EXECUTE FUNCTION lab_watch();
"""
_UNWATCH_SQL = "DROP TRIGGER lab_watch ON tasks; DROP FUNCTION lab_watch(); DROP TABLE lab_tasks;"
# Lag is computed from these times. All containers of an engine share one clock.
_TIMES_SQL = """
SELECT count(*) FROM tasks AS t JOIN (
  SELECT id, min(at) FILTER (WHERE status = 'pending') AS pending,
    min(at) FILTER (WHERE status = 'running') AS running,
    max(at) FILTER (WHERE status = 'succeeded') AS succeeded
  FROM lab_tasks GROUP BY id HAVING bool_or(status = 'pending')) AS seen USING (id)
WHERE (created_at BETWEEN '{asked_at}' AND pending AND finished_at BETWEEN running AND succeeded)
  IS NOT TRUE
"""
_WRONG_SQL = """
SELECT count(*) FROM tasks AS t WHERE status = 'succeeded'
AND (result->>'total')::numeric IS DISTINCT FROM (SELECT sum(quantity * unit_price)
FROM order_items AS i WHERE i.order_id = t.order_id)
"""
_LOCKED_SQL = """
SELECT coalesce(min(pid), 0) FROM pg_locks
WHERE relation = 'order_items'::regclass AND mode = 'AccessExclusiveLock' AND granted = {granted}
"""
_WAITING_SQL = f"""
SELECT count(*) FROM pg_stat_activity WHERE usename = '{WORKER}' AND wait_event_type = 'Lock'
"""


def audit(ground: Ground) -> None:
    """Check states, statements of the worker, and a task whose data is locked."""
    with watched(ground):
        _check_states(ground)
        _check_blocked(ground)
        _check_settings(ground)


@contextmanager
def watched(ground: Ground) -> Iterator[None]:
    """Record every state of every task in `lab_tasks`."""
    ground.sql(_WATCH_SQL)
    try:
        yield
    finally:
        ground.sql(_UNWATCH_SQL)


def _check_states(ground: Ground) -> None:
    lab, name = ground.running.lab, ground.running.database
    statements.reset(lab.database, name)
    orders = [order["id"] for order in ground.subject.first_page["results"]]
    asked_at = ground.sql("SELECT clock_timestamp()")
    ids = ground.each(lambda n: _invoice(ground, orders[n % len(orders)]), SAMPLE)
    completed = _completed(ground, ids)
    ground.record(
        "tasks", "accepted tasks are completed", f"{SAMPLE} of {SAMPLE}", f"{completed} of {SAMPLE}"
    )
    listed = ", ".join(f"'{task_id}'" for task_id in ids)
    rows: list[list[str]] = ground.json(
        "SELECT json_agg(states) FROM (SELECT array_agg(status || ' by the ' || CASE role "
        f"WHEN '{OWNER}' THEN 'contestant' WHEN '{WORKER}' THEN 'worker' ELSE role END || "
        "CASE WHEN has_result THEN ', with its result' ELSE '' END ORDER BY n) AS states "
        f"FROM lab_tasks WHERE id IN ({listed}) GROUP BY id) AS t"
    )
    ground.record(
        "tasks",
        "states, and the role that sets each",
        "pending by the contestant -> running by the worker -> succeeded by the worker, "
        "with its result",
        "; ".join(sorted({" -> ".join(states) for states in rows})),
    )
    tally = Tally.of(statements.read(lab.database, name, WORKER), SAMPLE)
    ground.record(
        "statements and rows",
        "the worker, one task",
        _labels(WORKER_LABELS),
        _labels({label: tally.per_request(calls) for label, calls in tally.data.items()}),
    )
    ground.record(
        "tasks",
        "times in rows that contradict PostgreSQL's clock",
        "0",
        ground.sql(_TIMES_SQL.format(asked_at=asked_at)),
    )
    ground.record("tasks", "results that are not the sum of the items", "0", wrong_results(ground))


def wrong_results(ground: Ground) -> str:
    """Number of results that are not the sum of their order's items."""
    return ground.sql(_WRONG_SQL)


def _labels(calls: dict[str, Any]) -> str:
    return ", ".join(f"{count:g} {label}" for label, count in sorted(calls.items())) or "none"


def _invoice(ground: Ground, order: int) -> str:
    subject = ground.subject
    return accepted(subject.call("POST", f"{ORDERS}/{order}/invoice", token=subject.token))


def _completed(ground: Ground, ids: list[str]) -> int:
    listed = ", ".join(f"'{task_id}'" for task_id in ids)
    deadline = time.monotonic() + COMPLETION_LIMIT_S
    while True:
        done = int(
            ground.sql(
                f"SELECT count(*) FROM tasks WHERE id IN ({listed}) AND status = 'succeeded' "
                "AND finished_at IS NOT NULL"
            )
        )
        if done == len(ids) or time.monotonic() > deadline:
            return done
        time.sleep(POLL_S)


def _check_blocked(ground: Ground) -> None:
    """While the items are locked, no invoice can be computed."""
    with items_locked(ground):
        task_id = _invoice(ground, ground.subject.order["id"])
        waits = worker_waits(ground)
        status = ground.subject.get(f"{TASKS}/{task_id}").json()["status"]
        unconfirmed = ground.running.lab.site.exec("redis", ["redis-cli", "hlen", "unacked"])
    completed = _completed(ground, [task_id])
    ground.record(
        "tasks",
        "while the order's items are locked",
        "running, the worker waits; after the lock: succeeded",
        f"{status}, the worker {'waits' if waits else 'does not wait'}; after the lock: "
        f"{'succeeded' if completed else 'not succeeded'}",
    )
    # The broker delivers an unacknowledged task again if the worker dies. Without a broker, a task
    # is lost with its process.
    held = "1" if ground.spec.tasks == "celery" else "0"
    ground.record("tasks", "not acknowledged before they are completed", held, unconfirmed.strip())


def worker_waits(ground: Ground) -> bool:
    """Whether the worker waits for a lock."""
    deadline = time.monotonic() + BLOCKED_LIMIT_S
    while time.monotonic() < deadline:
        if ground.sql(_WAITING_SQL) != "0":
            return True
        time.sleep(POLL_S)
    return False


@contextmanager
def items_locked(ground: Ground) -> Iterator[None]:
    """Lock the items, so that the worker stops in the middle of a task."""
    script = f"BEGIN; LOCK TABLE order_items; SELECT pg_sleep({LOCK_LIMIT_S}); COMMIT;"
    with ThreadPoolExecutor(1) as thread:
        holder = thread.submit(_sql_to_its_end, ground, script)
        deadline = time.monotonic() + COMPLETION_LIMIT_S
        while (pid := int(ground.sql(_LOCKED_SQL.format(granted="true")))) == 0:
            if holder.done() or time.monotonic() > deadline:
                raise EngineError("order_items could not be locked")
            time.sleep(POLL_S)
        try:
            yield
        finally:
            ground.sql(f"SELECT pg_terminate_backend({pid})")


def _sql_to_its_end(ground: Ground, script: str) -> None:
    try:
        ground.sql(script)
    except LabError:
        return  # this process ended the session


def _check_settings(ground: Ground) -> None:
    found: list[dict[str, str]] = ground.json(
        "SELECT coalesce(json_agg(DISTINCT settings), '[]') FROM lab_tasks"
    )
    changed = sorted({value for value in map(str, found) if value != "{}"})
    ground.record("server settings", "changes by sessions", "none that matters",
                "; ".join(changed) or "none that matters")  # fmt: skip
