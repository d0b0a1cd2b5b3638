"""What a contestant did wrong, in words that can be published."""

import re
from dataclasses import dataclass

SHOWN_CHARACTERS = 300
_TOKEN = re.compile(r"[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*")


class MismatchError(Exception):
    """A case did not see what the contract promises."""

    def __init__(self, expected: str, seen: str) -> None:
        super().__init__(f"expected {expected}; seen {seen}")
        self.expected = expected
        self.seen = seen


@dataclass(frozen=True)
class Violation:
    """One broken promise: of whom, in which case, what was expected and what was seen."""

    service: str
    case: str
    expected: str
    seen: str

    def __str__(self) -> str:
        return f"{self.service}: {self.case}: expected {self.expected}; seen {self.seen}"


def shorten(text: str, limit: int = SHOWN_CHARACTERS) -> str:
    """`text` on one line, without tokens, cut to `limit` characters."""
    line = _TOKEN.sub("<token>", text).encode("unicode_escape", "backslashreplace").decode("ascii")
    return line if len(line) <= limit else f"{line[:limit]}... ({len(line)} characters)"
