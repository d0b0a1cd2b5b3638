"""Input of register and login: valid and invalid usernames and passwords."""

from collections.abc import Callable
from functools import partial
from typing import Any

from levelbench.verify.contract import expect
from levelbench.verify.contract.case import Cases
from levelbench.verify.contract.subject import LOGIN, REGISTER, Subject

CASES = Cases()

NAME = "somebody_1"
PASSWORD = "correct horse 1"
MISSING = object()

ENDPOINTS = {"register": REGISTER, "login": LOGIN}


# Refused by register and login: label, username, password, fields.

_NOT_STRINGS: list[tuple[str, Any]] = [
    ("missing", MISSING),
    ("null", None),
    ("integer", 12345678),
    ("float", 1234567.5),
    ("true", True),
    ("array", ["correct_1"]),
    ("object", {"correct_1": "correct_1"}),
    ("empty", ""),
    ("lone-high-surrogate", "correct_1\ud800"),
    ("lone-low-surrogate", "\udc00correct_1"),
    ("surrogates-swapped", "correct\udc00\ud800"),
    ("nul", "correct\0name"),
    ("nul-at-end", "correct_1\0"),
]

_BAD_USERNAMES: list[tuple[str, Any]] = [
    *_NOT_STRINGS,
    ("2-characters", "ab"),
    ("33-characters", "a" * 33),
    ("1000-characters", "a" * 1000),
    ("uppercase", "Somebody"),
    ("hyphen", "some-body"),
    ("dot", "some.body"),
    ("at-sign", "some@body"),
    ("inner-space", "some body"),
    ("leading-space", " somebody"),
    ("trailing-space", "somebody "),
    ("trailing-newline", "somebody\n"),
    ("trailing-carriage-return", "somebody\r"),
    ("leading-newline", "\nsomebody"),
    ("second-line", "somebody\nelse"),
    ("blank", "    "),
    ("accent", "somebödy"),
    ("cyrillic", "s\u043emebody"),
    ("kelvin-sign", "some\u212abody"),  # lower-cases to k
    ("long-s", "\u017fomebody"),  # upper-cases to S: matches [a-z] when case is ignored
    ("arabic-digits", "name\u0661\u0662"),
    ("fullwidth-digits", "name\uff11\uff12"),
    ("fullwidth-letters", "\uff4e\uff41\uff4d\uff45"),  # NFKC: name
    ("superscript", "name\u00b2"),
    ("zero-width-space", "name\u200b"),
    ("emoji", "name\U0001f600"),
]

_BAD_PASSWORDS: list[tuple[str, Any]] = [
    *_NOT_STRINGS,
    ("7-characters", "a" * 7),
    ("129-characters", "a" * 129),
    ("60000-characters", "a" * 60_000),
    ("7-accents-14-bytes", "é" * 7),
    ("7-emoji-28-bytes", "\U0001f600" * 7),
    ("129-emoji", "\U0001f600" * 129),
]


def _refused(target: str, value: dict[str, Any], fields: list[str], subject: Subject) -> None:
    sent = {key: part for key, part in value.items() if part is not MISSING}
    expect.error(subject.post(target, sent), 422, "validation_error", fields)


for area, target in ENDPOINTS.items():
    for label, bad in _BAD_USERNAMES:
        value = {"username": bad, "password": PASSWORD}
        CASES.add(f"{area}/username-{label}", partial(_refused, target, value, ["username"]))
    for label, bad in _BAD_PASSWORDS:
        value = {"username": NAME, "password": bad}
        CASES.add(f"{area}/password-{label}", partial(_refused, target, value, ["password"]))
    for label, name, word in (
        ("empty-object", MISSING, MISSING),
        ("both-null", None, None),
        ("both-invalid", "A", "short"),
        ("both-integers", 1, 2),
        ("one-missing-one-invalid", MISSING, "short"),
    ):
        value = {"username": name, "password": word}
        both = ["password", "username"]
        CASES.add(f"{area}/{label}-fields-sorted", partial(_refused, target, value, both))
    CASES.add(
        f"{area}/only-unknown-fields",
        partial(_refused, target, {"Username": NAME, "pass": PASSWORD}, ["password", "username"]),
    )


# Accepted: registers, and logs in with exactly the same characters.

_USERNAMES: list[tuple[str, Callable[[Subject], str]]] = [
    ("32-characters", lambda subject: subject.new_username(32)),
    ("digits", lambda subject: str(int.from_bytes(subject.new_username(10).encode()))[:20]),
    ("underscores-around", lambda subject: f"__{subject.new_username(8)}__"),
]

_PASSWORDS: list[tuple[str, str]] = [
    ("8-characters", "abcdefgh"),
    ("128-characters", "abcdefgh" * 16),
    ("8-emoji", "\U0001f600\U0001f680" * 4),
    ("128-emoji", "\U0001f600\U0001f680" * 64),
    ("128-accents", "é" * 128),
    ("8-spaces", " " * 8),
    ("7-spaces-and-tab", " " * 7 + "\t"),
    ("spaces-around-4-characters", "  abcd  "),
    ("trailing-newline", "correct horse\n"),
    ("no-break-and-wide-spaces", "\u00a0\u3000" * 4),
    ("control-characters", "\x01\x1b\x7f\x85 horse"),
    ("quotes-and-backslashes", "\"'\\`${x}%s"),
    ("common", "password"),
    ("digits", "12345678"),
]


def _accepted(username: str, password: str, subject: Subject) -> None:
    subject.sign_in(subject.register(username, password))


def _accepted_username(make: Callable[[Subject], str], subject: Subject) -> None:
    _accepted(make(subject), PASSWORD, subject)


def _accepted_password(password: str, subject: Subject) -> None:
    _accepted(subject.new_username(), password, subject)


for label, make in _USERNAMES:
    CASES.add(f"register/accepts-username-{label}", partial(_accepted_username, make))
for label, password in _PASSWORDS:
    CASES.add(f"register/accepts-password-{label}", partial(_accepted_password, password))


@CASES.named("register/accepts-username-3-characters")
def accepts_short_username(subject: Subject) -> None:
    for _ in range(10):  # earlier runs on this database took some of the 50,653 names
        reply = subject.post(REGISTER, {"username": subject.new_username(3), "password": PASSWORD})
        if reply.status != 409:
            break
    expect.status(reply, 201)


@CASES.named("register/accepts-raw-utf-8")
def accepts_raw_utf8(subject: Subject) -> None:
    """Escaped characters and UTF-8 give the same password."""
    user = subject.register(password="\U0001f600é\u0661 horse")
    raw = f'{{"username": "{user.username}", "password": "{user.password}"}}'.encode()
    expect.status(subject.call("POST", LOGIN, body=raw), 200)


@CASES.named("register/unknown-fields-ignored")
def unknown_fields_ignored(subject: Subject) -> None:
    name = subject.new_username()
    value = {
        "username": name,
        "password": PASSWORD,
        "id": "not an id",
        "is_superuser": True,
        "created_at": None,
        "note": "\0\ud800",
        "": {"nested": [1, {"password": 1}]},
    }
    reply = subject.post(REGISTER, value)
    expect.status(reply, 201)
    expect.body(reply, 201, {"id": reply.json().get("id"), "username": name})
    expect.status(subject.post(LOGIN, value), 200)


# Passwords are not trimmed, truncated or normalised: one different character is refused.

_NEAR_MISSES: list[tuple[str, str, str]] = [
    ("leading-spaces-trimmed", "  correct horse", "correct horse"),
    ("trailing-spaces-trimmed", "correct horse  ", "correct horse"),
    ("trailing-newline-trimmed", "correct horse\n", "correct horse"),
    ("spaces-added", "correct horse", "correct horse "),
    ("other-case", "correct horse", "Correct horse"),
    ("character-100-differs", "a" * 99 + "b" + "c" * 20, "a" * 99 + "x" + "c" * 20),
    ("character-128-differs", "a" * 127 + "b", "a" * 127 + "x"),
    ("cut-at-72-bytes", "a" * 100, "a" * 72),
    ("cut-at-127-characters", "a" * 128, "a" * 127),
    ("emoji-past-72-bytes-differs", "\U0001f600" * 20, "\U0001f600" * 19 + "\U0001f680"),
    ("surrogate-halves-lost", "\U0001f600" * 8, "????????"),
]


def _another_password(password: str, near: str, subject: Subject) -> None:
    user = subject.register(password=password)
    reply = subject.post(LOGIN, {"username": user.username, "password": near})
    expect.error(reply, 401, "invalid_credentials")


for label, password, near in _NEAR_MISSES:
    CASES.add(f"login/refuses-{label}", partial(_another_password, password, near))
