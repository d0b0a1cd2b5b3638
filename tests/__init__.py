"""The tests, and where their recorded data are."""

from pathlib import Path

DATA = Path(__file__).parent / "data"
