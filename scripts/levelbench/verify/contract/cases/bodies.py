"""Bodies of register and login: malformed JSON, JSON that is not an object, size."""

import json
from functools import partial
from typing import Any

from levelbench.verify.contract import expect
from levelbench.verify.contract.case import Cases
from levelbench.verify.contract.client import Connection, NoAnswerError
from levelbench.verify.contract.expect import MAX_BODY_BYTES
from levelbench.verify.contract.reply import Reply
from levelbench.verify.contract.subject import (
    HEALTHZ,
    LOGIN,
    ORDERS,
    READYZ,
    REGISTER,
    TASKS,
    UNKNOWN_TASK,
    Subject,
)

CASES = Cases()

ANSWER_WITHOUT_BODY_LIMIT_S = 2.0  # the body is never sent: detects a server that waits for it

VALID = b'{"username": "somebody_1", "password": "correct horse 1"}'

_MALFORMED: list[tuple[str, bytes]] = [
    ("empty", b""),
    ("blank", b" \t\r\n "),
    ("open-brace", b"{"),
    ("cut-short", VALID[:-1]),
    ("cut-in-string", VALID[:-3]),
    ("two-objects", VALID + b" " + VALID),
    ("two-values", b"{} {}"),
    ("text-after", VALID + b"x"),
    ("brace-after", VALID + b"}"),
    ("text-before", b"x" + VALID),
    ("plain-text", b"username"),
    ("form", b"username=somebody_1&password=correct+horse+1"),
    ("single-quotes", b"{'username': 'somebody_1', 'password': 'correct horse 1'}"),
    ("bare-names", b'{username: "somebody_1", password: "correct horse 1"}'),
    ("trailing-comma", b'{"username": "somebody_1", "password": "correct horse 1",}'),
    ("comment", b'{"username": "somebody_1", /* */ "password": "correct horse 1"}'),
    ("no-value", b'{"username": , "password": "correct horse 1"}'),
    ("raw-newline-in-string", b'{"username": "somebody_1\n", "password": "correct horse 1"}'),
    ("raw-nul-in-string", b'{"username": "somebody\0", "password": "correct horse 1"}'),
    ("bad-escape", b'{"username": "somebody_1", "password": "correct \\x41 1"}'),
    ("short-escape", b'{"username": "somebody_1", "password": "correct horse \\u12"}'),
    ("octal-number", b'{"username": 0123, "password": "correct horse 1"}'),
    ("nul-after", VALID + b"\0"),
    ("not-utf-8", b'{"username": "somebody_1", "password": "correct horse \xff"}'),
    ("not-utf-8-outside-strings", VALID + b"\xff"),
    ("latin-1", '{"username": "somebody_1", "password": "corréct horse"}'.encode("latin-1")),
    ("cut-utf-8", b'{"username": "somebody_1", "password": "correct horse \xf0\x9f\x98"}'),
    ("overlong-utf-8", b'{"username": "somebody_1", "password": "correct horse \xc0\xaf"}'),
    ("surrogate-in-utf-8", b'{"username": "somebody_1", "password": "correct \xed\xa0\x80"}'),
    ("utf-16", VALID.decode().encode("utf-16-le")),
    ("30000-arrays-open", b"[" * 30_000),
]

_DEEP = [
    ("30000-arrays", b"[" * 30_000 + b"]" * 30_000),
    ("13000-objects", b'{"":' * 13_000 + b"1" + b"}" * 13_000),
    (
        "30000-arrays-in-unknown-field",
        VALID[:-1] + b', "x":' + b"[" * 30_000 + b"]" * 30_000 + b"}",
    ),
]
"""Malformed for a parser with a limit, as in Python 3.13, and well-formed without, as in 3.14."""

_NO_OBJECTS: list[tuple[str, Any]] = [
    ("empty-array", []),
    ("array-of-object", [json.loads(VALID)]),
    ("array-of-pairs", [["username", "somebody_1"], ["password", "correct horse 1"]]),
    ("string", "somebody_1"),
    ("string-of-json", VALID.decode()),
    ("empty-string", ""),
    ("integer", 1),
    ("zero", 0),
    ("float", 1.5),
    ("null", None),
    ("true", True),
    ("false", False),
]


def _malformed(target: str, body: bytes, subject: Subject) -> None:
    expect.error(subject.call("POST", target, body=body), 400, "malformed_json")
    expect.body(subject.call("GET", HEALTHZ), 200, {"status": "ok"})


def _deep(target: str, body: bytes, subject: Subject) -> None:
    """The server survives any nesting."""
    expect.status(subject.call("POST", target, body=body), 200, 201, 400, 401, 409, 422)
    expect.body(subject.call("GET", HEALTHZ), 200, {"status": "ok"})


def _no_object(target: str, value: Any, subject: Subject) -> None:
    expect.error(subject.post(target, value), 422, "validation_error")


for area, target in (("register", REGISTER), ("login", LOGIN)):
    for label, content in _MALFORMED:
        CASES.add(f"{area}/malformed-{label}", partial(_malformed, target, content))
    for label, content in _DEEP:
        CASES.add(f"{area}/survives-{label}", partial(_deep, target, content))
    for label, value in _NO_OBJECTS:
        CASES.add(f"{area}/no-object-{label}", partial(_no_object, target, value))


@CASES.named("register/whitespace-around-object")
def whitespace_around_object(subject: Subject) -> None:
    value = json.dumps({"username": subject.new_username(), "password": "correct horse 1"})
    expect.status(subject.call("POST", REGISTER, body=f"\r\n\t {value} \n".encode()), 201)


@CASES.named("register/last-of-two-names-counts")
def last_of_two_names(subject: Subject) -> None:
    name = subject.new_username()
    value = f'{{"username": 1, "password": "correct horse 1", "username": "{name}"}}'
    reply = subject.call("POST", REGISTER, body=value.encode())
    expect.status(reply, 201)
    expect.require(reply.json().get("username") == name, f"username {name!r}", reply)


@CASES.named("login/30-malformed-at-once")
def malformed_at_once(subject: Subject) -> None:
    """Large ones, which the parser must read to the end."""
    bodies = [b"[" * 60_000, VALID[:-1] + b" " * 60_000, b'{"":' * 15_000]
    calls = [partial(subject.call, "POST", LOGIN, body=body) for body in bodies * 10]
    for reply in subject.at_once(calls):
        expect.error(reply, 400, "malformed_json")


@CASES.named("login/body-cut-off-by-the-client")
def cut_off(subject: Subject) -> None:
    """Clients that disconnect in the middle of a body have no effect on others."""
    head = f"POST {LOGIN} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
    for _ in range(20):
        with subject.connect() as connection:
            connection.write(f"{head}Content-Length: 3000\r\n\r\n".encode("ascii") + VALID)
    expect.body(subject.call("GET", HEALTHZ), 200, {"status": "ok"})


def _sound_or_closed(connection: Connection) -> None:
    """The next request on the connection gets its response, or the server closes it."""
    try:
        after = connection.exchange("GET", HEALTHZ, {})
    except NoAnswerError as error:
        if error.timed_out:
            raise
    else:
        expect.body(after, 200, {"status": "ok"})


def _unread(method: str, target: str, status: int, subject: Subject) -> None:
    """An unexpected body is not parsed as the next request."""
    headers = {"Content-Type": "application/json", "Content-Length": "60000"}
    if status != 401:
        headers["Authorization"] = f"Bearer {subject.token}"
    path = target.format(order=subject.order["id"])
    with subject.connect() as connection:
        expect.status(connection.exchange(method, path, headers, b"x" * 60_000), status)
        _sound_or_closed(connection)


for area, method, target, status in (
    ("order", "GET", f"{ORDERS}/{{order}}", 200),
    ("without-token", "GET", f"{ORDERS}/{{order}}", 401),
    ("unknown-route", "POST", "/nope", 404),
    ("wrong-method", "POST", f"{ORDERS}/{{order}}", 405),
):
    CASES.add(f"bodies/unread-{area}", partial(_unread, method, target, status))


# Size


def _padded(subject: Subject, size_bytes: int) -> bytes:
    value = {"username": subject.new_username(), "password": "correct horse 1"}
    return json.dumps(value).encode().ljust(size_bytes)


@CASES.named("size/register-65536-bytes-accepted")
def largest_body(subject: Subject) -> None:
    expect.status(subject.call("POST", REGISTER, body=_padded(subject, MAX_BODY_BYTES)), 201)


@CASES.named("size/login-65536-bytes-accepted")
def largest_body_of_login(subject: Subject) -> None:
    reply = subject.call("POST", LOGIN, body=_padded(subject, MAX_BODY_BYTES))
    expect.error(reply, 401, "invalid_credentials")


@CASES.named("size/65536-bytes-in-an-unknown-field-accepted")
def largest_body_in_a_field(subject: Subject) -> None:
    value = {"username": subject.new_username(), "password": "correct horse 1", "note": ""}
    value["note"] = "x" * (MAX_BODY_BYTES - len(json.dumps(value)))
    expect.status(subject.post(REGISTER, value), 201)


def too_large(
    subject: Subject,
    method: str,
    target: str,
    *,
    length: int = MAX_BODY_BYTES + 1,
    token: str | None = None,
) -> Reply:
    """The response to a head that announces `length` bytes, without sending them."""
    headers = {"Content-Type": "application/json", "Content-Length": str(length)}
    if token is not None:
        headers["Authorization"] = f"Bearer {token}"
    with subject.connect(ANSWER_WITHOUT_BODY_LIMIT_S) as connection:
        return connection.exchange(method, target, headers)


def _announced(method: str, target: str, length: int, subject: Subject) -> None:
    path = target.format(order=subject.order["id"], task=UNKNOWN_TASK)
    token = None if path in (REGISTER, LOGIN, HEALTHZ, READYZ) else subject.token
    reply = too_large(subject, method, path, length=length, token=token)
    expect.error(reply, 413, "payload_too_large")
    expect.within(reply, ANSWER_WITHOUT_BODY_LIMIT_S)


for area, method, target in (
    ("register", "POST", REGISTER),
    ("login", "POST", LOGIN),
    ("orders", "GET", ORDERS),
    ("order", "GET", f"{ORDERS}/{{order}}"),
    ("invoice", "POST", f"{ORDERS}/{{order}}/invoice"),
    ("task", "GET", f"{TASKS}/{{task}}"),
    ("healthz", "GET", HEALTHZ),
    ("readyz", "GET", READYZ),
):
    check = partial(_announced, method, target, MAX_BODY_BYTES + 1)
    CASES.add(f"size/{area}-65537-bytes-announced", check)
CASES.add("size/register-1-tb-announced", partial(_announced, "POST", REGISTER, 10**12))


def _sent(target: str, size_bytes: int, subject: Subject) -> None:
    """The whole body is sent first; then the connection works, or is closed."""
    path = target.format(order=subject.order["id"])
    headers = {"Content-Type": "application/json", "Content-Length": str(size_bytes)}
    if path != target:
        headers["Authorization"] = f"Bearer {subject.token}"
    with subject.connect() as connection:
        reply = connection.exchange("POST", path, headers, _padded(subject, size_bytes))
        expect.error(reply, 413, "payload_too_large")
        _sound_or_closed(connection)


for area, target in (
    ("register", REGISTER),
    ("login", LOGIN),
    ("invoice", f"{ORDERS}/{{order}}/invoice"),
):
    for label, size_bytes in (
        ("65537-bytes", MAX_BODY_BYTES + 1),
        ("1-mib", 2**20),
        ("4-mib", 2**22),
    ):
        CASES.add(f"size/{area}-{label}-sent", partial(_sent, target, size_bytes))
