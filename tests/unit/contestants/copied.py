"""A copy of a real contestant, edited."""

from pathlib import Path

NAMES = ("django", "fastapi", "flask", "starlette")


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))
