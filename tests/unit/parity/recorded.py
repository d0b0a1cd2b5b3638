"""Recorded output of the contestants' containers: what the audit's scripts and PostgreSQL said."""

from pathlib import Path

DATA = Path(__file__).parents[2] / "data" / "parity"


def recorded(name: str) -> str:
    return (DATA / name).read_text(encoding="utf-8")
