"""Pieces of sentences."""

from collections.abc import Sequence


def join(parts: Sequence[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    if len(parts) < 2:
        return "".join(parts)
    return ", ".join(parts[:-1]) + " and " + parts[-1]


def clause(names: Sequence[str], singular: str, plural: str) -> str:
    """`; a and b failed`, or nothing without names."""
    return f"; {join(names)} {singular if len(names) == 1 else plural}" if names else ""
