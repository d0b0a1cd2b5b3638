"""Regenerate the tables of docs/statistics.md in place: all, or those that are named."""

import sys
from pathlib import Path

from tests.unit.simulation.markdown import replace_table
from tests.unit.simulation.tables import TABLES

DOCUMENT = Path(__file__).parents[3] / "docs" / "statistics.md"

if __name__ == "__main__":
    for name in sys.argv[1:] or TABLES:
        print(f"{name} ...", flush=True)
        made = TABLES[name]()
        text = DOCUMENT.read_text(encoding="utf-8")
        DOCUMENT.write_text(replace_table(text, name, made), encoding="utf-8")
