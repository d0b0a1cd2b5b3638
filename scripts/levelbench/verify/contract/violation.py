"""Violation of the contract, without secrets in its text."""

import re
from dataclasses import dataclass

SHOWN_CHARACTERS = 300
_TOKEN = re.compile(r"[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*")


class MismatchError(Exception):
    """A response differs from the contract."""

    def __init__(self, expected: str, seen: str) -> None:
        super().__init__(f"expected {expected}; seen {seen}")
        self.expected = expected
        self.seen = seen


@dataclass(frozen=True)
class Violation:
    """A failed case of a contestant, with expected and seen behaviour."""

    service: str
    case: str
    expected: str
    seen: str

    def __str__(self) -> str:
        return f"{self.service}: {self.case}: expected {self.expected}; seen {self.seen}"


def shorten(text: str, limit: int = SHOWN_CHARACTERS) -> str:
    """Shorten `text` to one line of `limit` characters, without tokens."""
    line = _TOKEN.sub("<token>", text).encode("unicode_escape", "backslashreplace").decode("ascii")
    return line if len(line) <= limit else f"{line[:limit]}... ({len(line)} characters)"
