"""Requests of a stream, sent unchanged to every contestant."""

from dataclasses import dataclass
from typing import ClassVar, Protocol

from levelbench.verify.contract import tokens
from levelbench.verify.contract.reply import Reply
from levelbench.verify.contract.subject import Subject
from levelbench.verify.contract.violation import shorten

SHOWN_CHARACTERS = 160
WRONG_KEY = "a-key-of-32-bytes-that-is-not-it"


class Authorization(Protocol):
    """Value of an Authorization header, filled with tokens of each contestant."""

    @property
    def needs_secret(self) -> bool: ...

    def write(self, subject: Subject) -> bytes: ...


@dataclass(frozen=True)
class Header:
    """Text in which `<token>` (of the shared user), `<other>` (another user's) and the shared
    token's parts `<header>`, `<payload>`, `<signature>` are filled in."""

    text: str | bytes
    needs_secret: ClassVar[bool] = False

    def write(self, subject: Subject) -> bytes:
        text = self.text if isinstance(self.text, bytes) else self.text.encode("utf-8")
        header, payload, signature = subject.token.split(".")
        for name, value in (
            (b"<token>", subject.token),
            (b"<other>", subject.other_token),
            (b"<header>", header),
            (b"<payload>", payload),
            (b"<signature>", signature),
        ):
            text = text.replace(name, value.encode("ascii"))
        return text

    def __str__(self) -> str:
        return self.text if isinstance(self.text, str) else repr(self.text)


@dataclass(frozen=True)
class Signed:
    """A bearer token made of this header and payload (JSON texts, in which `<user>` becomes the
    shared user's id), signed with the run's key or, where `wrong_key`, with another."""

    payload: bytes
    header: bytes = b'{"alg": "HS256", "typ": "JWT"}'
    wrong_key: bool = False
    needs_secret: ClassVar[bool] = True

    def write(self, subject: Subject) -> bytes:
        user = str(subject.user.id).encode("ascii")
        header, payload = (part.replace(b"<user>", user) for part in (self.header, self.payload))
        key = WRONG_KEY if self.wrong_key else subject.secret
        return b"Bearer " + tokens.sign(payload, key, header=header).encode("ascii")

    def __str__(self) -> str:
        header, payload = (part.decode("utf-8", "replace") for part in (self.header, self.payload))
        return f"Bearer {header} . {payload}{' with another key' if self.wrong_key else ''}"


SIGNED_IN = Header("Bearer <token>")


@dataclass(frozen=True)
class Request:
    """One request of a stream.

    group          what it tests, e.g. "json"; differences are reported by group
    target         the request target as it leaves; `<task>` becomes a finished task's id,
                   `<TASK>` the same in upper case
    body           sent as JSON; None sends none
    announced      a Content-Length that is sent instead of the real one, on a new connection, to
                   detect a server that waits for the rest
    """

    group: str
    method: str
    target: str
    body: bytes | None = None
    authorization: Authorization | None = None
    headers: tuple[tuple[str, bytes], ...] = ()
    announced: int | None = None

    @property
    def needs_secret(self) -> bool:
        return self.authorization is not None and self.authorization.needs_secret

    def send(self, subject: Subject, task_id: str) -> Reply:
        """Send it to `subject`. Raises NoAnswerError, and MismatchError if a login fails."""
        target = self.target.replace("<task>", task_id).replace("<TASK>", task_id.upper())
        headers = dict(self.headers)
        if self.authorization is not None:
            headers["Authorization"] = self.authorization.write(subject)
        if self.announced is None:
            return subject.call(self.method, target, body=self.body, headers=headers)
        sent = {name: value.decode("latin-1") for name, value in headers.items()}
        sent |= {"Content-Type": "application/json", "Content-Length": str(self.announced)}
        with subject.connect() as connection:
            return connection.exchange(self.method, target, sent, self.body or b"")

    def __str__(self) -> str:
        words = [f"{self.method} {_shown(self.target)}"]
        if self.authorization is not None:
            words.append(f"Authorization: {_shown(str(self.authorization))}")
        words += [f"{name}: {_shown(value)}" for name, value in self.headers]
        if self.announced is not None:
            words.append(f"Content-Length: {self.announced}")
        if self.body is not None:
            words.append(f"body: {_shown(self.body)}")
        return " | ".join(words)


def _shown(part: str | bytes) -> str:
    text = part.decode("utf-8", "backslashreplace") if isinstance(part, bytes) else part
    return shorten(text, SHOWN_CHARACTERS)
