# ruff: noqa: RUF001
"""Standard output and errors: of any encoding and width, and with readers that go away."""

import codecs
import io
import os
import sys
from collections.abc import MutableMapping
from typing import TextIO

ERRORS = "levelbench-replace"
REPLACEMENTS = {
    "→": "->", "±": "+/-", "…": "...", "×": "x", "–": "-", "—": "-", "·": "-", "•": "*",
    "≥": ">=", "≤": "<=", "≈": "~", "µ": "u", "“": '"', "”": '"', "‘": "'", "’": "'",
    "─": "-", "━": "-", "│": "|", "┃": "|", "█": "#", "▏": "|", "●": "*", "○": "o", "◆": "*",
    "◇": "o", "■": "#", "▲": "^", "✕": "x", "✓": "+", "├": "+", "┤": "+", "┼": "+",
}  # fmt: skip
"""Characters that not every encoding has; others become a question mark."""
WIDTH_MIN = 40
"""Columns from which on everything is readable."""


def _replaced(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    text = error.object[error.start : error.end]
    return "".join(REPLACEMENTS.get(character, "?") for character in text), error.end


codecs.register_error(ERRORS, _replaced)


class _Stream(io.RawIOBase):
    """A descriptor that takes everything, silently, once its reader has gone, as that of `| head`
    does: what a command does, and its exit status, do not depend on it."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    def fileno(self) -> int:
        return self._descriptor

    def isatty(self) -> bool:
        return os.isatty(self._descriptor)

    def writable(self) -> bool:
        return True

    def write(self, data: object) -> int:
        content = bytes(memoryview(data))  # type: ignore[arg-type]
        try:
            return os.write(self._descriptor, content)
        except OSError as error:
            self._lose()  # what is still buffered would raise again at the interpreter's end
            if not isinstance(error, BrokenPipeError):
                raise
            return len(content)

    def _lose(self) -> None:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, self._descriptor)
        os.close(nowhere)


def prepare() -> None:
    """Replace the interpreter's streams, unless somebody else has, as tests do."""
    sys.stdout = _prepared(sys.stdout, sys.__stdout__)
    sys.stderr = _prepared(sys.stderr, sys.__stderr__)


def _prepared(stream: TextIO | None, original: TextIO | None) -> TextIO:
    if stream is None:  # closed, as with `>&-`
        return open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123
    if stream is not original:
        return stream
    stream.flush()
    raw = _Stream(stream.fileno())
    return io.TextIOWrapper(
        io.BufferedWriter(raw),
        encoding=stream.encoding,
        errors=ERRORS,
        line_buffering=raw.isatty() or stream is sys.__stderr__,
    )


def correct_width(variables: MutableMapping[str, str] = os.environ) -> None:
    """COLUMNS=0 means that the width is unknown; less than WIDTH_MIN cannot be read."""
    columns = variables.get("COLUMNS", "")
    if not columns.isdigit():
        return
    if int(columns) == 0:
        del variables["COLUMNS"]
    elif int(columns) < WIDTH_MIN:
        variables["COLUMNS"] = str(WIDTH_MIN)
