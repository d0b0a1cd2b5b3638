"""Make the tables of checks in docs/method.md again, in their places."""

from tests.unit.analysis.checks.document import DOCUMENT, TABLES
from tests.unit.simulation.markdown import replace_table

if __name__ == "__main__":
    text = DOCUMENT.read_text(encoding="utf-8")
    for name, made in TABLES.items():
        text = replace_table(text, name, made())
    DOCUMENT.write_text(text, encoding="utf-8")
