"""Integers in URLs."""

import re

from werkzeug.routing import BaseConverter, ValidationError

MAX_BIGINT = 2**63 - 1  # PostgreSQL's bigint


def parse_digits(text: str) -> int | None:
    """The value of ASCII digits and nothing else (`int` takes signs, spaces and other scripts)."""
    return int(text) if re.fullmatch(r"[0-9]+", text) else None


class BigIntConverter(BaseConverter):
    """`<bigint:id>`: Werkzeug's own `int` takes every script's digits and has no upper limit."""

    def to_python(self, value: str) -> int:
        number = parse_digits(value)
        if number is None or number > MAX_BIGINT:
            raise ValidationError
        return number
