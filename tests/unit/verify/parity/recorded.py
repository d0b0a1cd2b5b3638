"""Recorded output of the contestants' containers: what the audit's scripts and PostgreSQL said."""

from tests import DATA

RECORDED = DATA / "parity"


def recorded(name: str) -> str:
    return (RECORDED / name).read_text(encoding="utf-8")
