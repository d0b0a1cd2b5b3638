"""Normalise a contestant's responses to a stream of requests, so that they can be compared.

The cases compare a response with the contract. Comparing the responses of contestants shows
differences that the contract's text allows.
"""

import re
import time
from collections.abc import Iterable
from typing import Any

from levelbench.verify.contract.cases.tasks import COMPLETION_LIMIT_S, accepted, succeeded
from levelbench.verify.contract.client import NoAnswerError
from levelbench.verify.contract.reply import Reply
from levelbench.verify.contract.request import Request
from levelbench.verify.contract.subject import ORDERS, Subject
from levelbench.verify.contract.violation import MismatchError

Answer = dict[str, Any]
"""Compared parts of a response: `status` (None: no response), `body` and, if the contract defines
them, the headers `type`, `challenge` and `location`."""

_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_TOKEN = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+")


def replay(subject: Subject, stream: Iterable[Request]) -> list[Answer]:
    """Send the requests of a stream in order, and return the response to each.

    Values that always differ between contestants are replaced: tokens, and the ids of new users and
    tasks, which get the number of the request that created them. At the end, accepted tasks are
    awaited; each becomes the `task` of its response. Raises MismatchError if the users and the task
    that a stream refers to cannot be created.
    """
    order = subject.order["id"]
    task_id = accepted(subject.call("POST", f"{ORDERS}/{order}/invoice", token=subject.token))
    succeeded(subject, task_id, time.monotonic() + COMPLETION_LIMIT_S)
    names = _Names(task_id)
    found: list[Answer] = []
    pending: list[tuple[Answer, str]] = []
    for names.number, request in enumerate(stream, start=1):
        try:
            reply = request.send(subject, task_id)
        except NoAnswerError as error:
            # The error text contains a time, which differs each time.
            found.append({"status": None, "timed_out": error.timed_out})
            continue
        answer = _answer(reply, names)
        found.append(answer)
        if reply.status == 202 and "task_id" in answer["body"]:
            pending.append((answer, reply.json()["task_id"]))
    for answer, accepted_id in pending:
        answer["task"] = _task(subject, accepted_id, names)
    return found


class _Names:
    """Placeholders for values that a contestant generates."""

    def __init__(self, task_id: str) -> None:
        self.number = 0
        """Number of the current request."""
        self._users: dict[int, str] = {}
        self._uuids = {task_id: "<task>"}

    def user(self, id: int) -> str:
        return self._users.setdefault(id, f"<user of request {self.number}>")

    def uuid(self, id: str) -> str:
        return self._uuids.setdefault(id, f"<uuid of request {self.number}>")

    def replace(self, value: Any) -> Any:
        if isinstance(value, dict):
            return {key: self.replace(part) for key, part in value.items()}
        if isinstance(value, list):
            return [self.replace(part) for part in value]
        if isinstance(value, str) and _UUID.fullmatch(value):
            return self.uuid(value)
        if isinstance(value, str) and _TOKEN.fullmatch(value):
            return "<token>"
        return value


def _answer(reply: Reply, names: _Names) -> Answer:
    try:
        body = reply.json()
    except MismatchError:
        body = f"no JSON in UTF-8: {reply.body[:60]!r}"
    if isinstance(body, dict):
        if isinstance(body.get("error"), dict) and isinstance(body["error"].get("message"), str):
            body = {**body, "error": {**body["error"], "message": "free text"}}
        if reply.status == 201 and type(body.get("id")) is int:
            body = {**body, "id": names.user(body["id"])}
    answer = {
        "status": reply.status,
        "type": reply.headers.get("Content-Type", "").partition(";")[0].strip().lower(),
        "body": names.replace(body),
    }
    if reply.status == 401:
        answer["challenge"] = reply.headers.get("WWW-Authenticate")
    if reply.status == 202 or 300 <= reply.status < 400:
        answer["location"] = _location(reply, names)
    return answer


def _location(reply: Reply, names: _Names) -> str | None:
    """Path of the `Location` header, which may be absolute or relative."""
    location: str | None = reply.headers.get("Location")
    if location is None:
        return None
    path = re.sub(r"^https?://[^/]+", "", location)
    return _UUID.sub(lambda match: names.uuid(match[0]), path)


def _task(subject: Subject, task_id: str, names: _Names) -> Any:
    try:
        found = succeeded(subject, task_id, time.monotonic() + COMPLETION_LIMIT_S)
    except MismatchError as mismatch:
        return mismatch.expected
    return names.replace(found)
