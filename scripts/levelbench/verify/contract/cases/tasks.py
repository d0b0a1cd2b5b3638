"""Invoices: accepted, computed by the worker, visible as tasks."""

import time
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from levelbench.verify.contract import expect
from levelbench.verify.contract.case import Cases
from levelbench.verify.contract.reply import Reply
from levelbench.verify.contract.subject import ORDERS, TASKS, Subject
from levelbench.verify.contract.violation import MismatchError

CASES = Cases()

COMPLETION_LIMIT_S = 30.0
POLL_INTERVAL_S = 0.1

_TASK = {"task_id": expect.UUID, "status": expect.TEXT, "result": expect.ANYTHING}
_STATUSES = ("pending", "running", "succeeded", "failed")


def accepted(reply: Reply) -> str:
    """Check the body and the Location of a 202, and return the task id."""
    expect.status(reply, 202)
    kinds = {"task_id": expect.UUID, "status": expect.TEXT}
    found = expect.shape(reply.json(), kinds, "the answer", reply)
    expect.require(found["status"] == "pending", 'status "pending"', reply)
    target = f"{TASKS}/{found['task_id']}"
    location = reply.headers.get("Location", "")
    parts = urlsplit(location)
    if parts.path != target or parts.query or parts.fragment:
        raise MismatchError(f"Location: {target} (absolute or relative)", f"Location: {location!r}")
    return str(found["task_id"])


def task(reply: Reply) -> dict[str, Any]:
    """Require a task that has a result only if it succeeded."""
    expect.status(reply, 200)
    found = expect.shape(reply.json(), _TASK, "the task", reply)
    expect.require(found["status"] in _STATUSES, f"status one of {_STATUSES}", reply)
    if found["status"] == "succeeded":
        kinds = {"order_id": expect.INTEGER, "total": expect.MONEY}
        expect.shape(found["result"], kinds, "result", reply)
    else:
        expect.require(found["result"] is None, "result null until it succeeds", reply)
    return found


def succeeded(subject: Subject, task_id: str, deadline: float) -> dict[str, Any]:
    """Poll until the task ends. Raises MismatchError unless it succeeds before `deadline`."""
    while True:
        reply = subject.get(f"{TASKS}/{task_id}")
        found = task(reply)
        expect.require(found["task_id"] == task_id, f"task_id {task_id}", reply)
        if found["status"] == "succeeded":
            return found
        in_time = found["status"] != "failed" and time.monotonic() < deadline
        expect.require(in_time, f"succeeded within {COMPLETION_LIMIT_S:g} s", reply)
        time.sleep(POLL_INTERVAL_S)


def _invoice(subject: Subject, order_id: int) -> str:
    return accepted(subject.call("POST", f"{ORDERS}/{order_id}/invoice", token=subject.token))


@CASES.named("invoice/accepted")
def invoice_accepted(subject: Subject) -> None:
    _invoice(subject, subject.order["id"])


@CASES.named("invoice/leading-zero-in-id")
def invoice_with_leading_zero(subject: Subject) -> None:
    target = f"{ORDERS}/0{subject.order['id']}/invoice"
    task_id = accepted(subject.call("POST", target, token=subject.token))
    found = succeeded(subject, task_id, time.monotonic() + COMPLETION_LIMIT_S)
    if found["result"]["order_id"] != subject.order["id"]:
        raise MismatchError(f"order_id {subject.order['id']}", str(found))


@CASES.named("invoice/computed-by-the-worker")
def computed(subject: Subject) -> None:
    """Order and total are correct for ten concurrent invoices; none is lost."""
    orders = subject.first_page["results"][:10]
    deadline = time.monotonic() + COMPLETION_LIMIT_S
    task_ids = subject.at_once([partial(_invoice, subject, order["id"]) for order in orders])
    for order, task_id in zip(orders, task_ids, strict=True):
        result = succeeded(subject, task_id, deadline)["result"]
        expected = {"order_id": order["id"], "total": order["total"]}
        if result != expected:
            raise MismatchError(f"result {expected}", f"result {result}")


@CASES.named("invoice/twice-gives-two-tasks")
def two_tasks(subject: Subject) -> None:
    first, second = (_invoice(subject, subject.order["id"]) for _ in range(2))
    if first == second:
        raise MismatchError("two task ids", f"{first} twice")


@CASES.named("invoice/visible-immediately")
def visible_at_once(subject: Subject) -> None:
    """The row is committed before the response, and every logged-in user sees it."""
    for _ in range(10):
        task_id = _invoice(subject, subject.order["id"])
        reply = subject.call("GET", f"{TASKS}/{task_id}", token=subject.other_token)
        found = task(reply)
        expect.require(found["task_id"] == task_id, f"task_id {task_id}", reply)


@CASES.named("invoice/location-leads-to-the-task")
def location_leads_to_the_task(subject: Subject) -> None:
    target = f"{ORDERS}/{subject.order['id']}/invoice"
    reply = subject.call("POST", target, token=subject.token)
    task_id = accepted(reply)
    found = task(subject.get(urlsplit(reply.headers["Location"]).path))
    if found["task_id"] != task_id:
        raise MismatchError(f"task {task_id}", f"task {found['task_id']}")


def _unknown_task(task_id: str, subject: Subject) -> None:
    expect.error(subject.get(f"{TASKS}/{task_id}"), 404, "not_found")


for label, task_id in (
    ("unknown", "5f0c3bf4-6f0e-4a52-9d6e-0d3c6a1f7b11"),
    ("nil", "00000000-0000-0000-0000-000000000000"),
    ("integer", "1"),
    ("text", "abc"),
    ("too-short", "5f0c3bf4-6f0e-4a52-9d6e-0d3c6a1f7b1"),
    ("too-long", "5f0c3bf4-6f0e-4a52-9d6e-0d3c6a1f7b111"),
    ("not-hexadecimal", "5f0c3bf4-6f0e-4a52-9d6e-0d3c6a1f7b1g"),
    ("fullwidth-digit", "5f0c3bf4-6f0e-4a52-9d6e-0d3c6a1f7b1%EF%BC%91"),
    ("trailing-newline", "5f0c3bf4-6f0e-4a52-9d6e-0d3c6a1f7b11%0A"),
    ("nul", "5f0c3bf4-6f0e-4a52-9d6e-0d3c6a1f7b1%00"),
    ("not-utf-8", "%FF"),
    ("space", "%20"),
    ("1000-characters", "a" * 1000),
):
    CASES.add(f"task/id-{label}", partial(_unknown_task, task_id))


@CASES.named("task/id-with-trailing-newline-is-no-uuid")
def task_with_newline(subject: Subject) -> None:
    _unknown_task(_invoice(subject, subject.order["id"]) + "%0A", subject)
