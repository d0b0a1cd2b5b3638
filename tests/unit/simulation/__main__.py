"""Regenerate the tables of docs/statistics.md in place."""

from pathlib import Path

from tests.unit.simulation.tables import TABLES, replace_table

DOCUMENT = Path(__file__).parents[3] / "docs" / "statistics.md"

if __name__ == "__main__":
    text = DOCUMENT.read_text(encoding="utf-8")
    for name, made in TABLES.items():
        print(f"{name} ...", flush=True)
        text = replace_table(text, name, made())
    DOCUMENT.write_text(text, encoding="utf-8")
