"""The parity ledger: a row per rule, with all contestants."""

from collections.abc import Iterable, Mapping

from levelbench.analysis.text import display_name
from levelbench.model.ledger import ParityEntry
from levelbench.model.results import Results
from levelbench.report.tables.table import Cell, Column, Table
from levelbench.report.words import display_names, join

AS_EXPECTED = "as expected"


def parity(results: Results, entries: Iterable[ParityEntry]) -> Table:
    """Expected and observed behaviour, naming contestants that differ by declaration."""
    by_rule: dict[str, dict[str, ParityEntry]] = {}
    services: set[str] = set()
    for entry in entries:
        by_rule.setdefault(entry.rule, {})[entry.service] = entry
        services.add(entry.service)
    return Table(
        "Parity ledger",
        (
            Column("Rule", numeric=False),
            Column("Expected", numeric=False),
            Column("Observed", numeric=False),
        ),
        tuple(
            (Cell(rule), Cell(_expected(results, found)), _seen(results, found, services))
            for rule, found in by_rule.items()
        ),
    )


def _expected(results: Results, entries: Mapping[str, ParityEntry]) -> str:
    """One text where all agree, else each text with the contestants that it is for."""
    by_text: dict[str, list[str]] = {}
    for name, entry in entries.items():
        by_text.setdefault(entry.expected, []).append(display_name(results, name))
    if len(by_text) == 1:
        return next(iter(by_text))
    return "; ".join(f"{join(names)}: {text}" for text, names in by_text.items())


def _seen(results: Results, entries: Mapping[str, ParityEntry], services: set[str]) -> Cell:
    broken = {name: entry.observed for name, entry in entries.items() if not entry.holds}
    if broken:
        found = (f"{display_name(results, name)}: {seen}" for name, seen in broken.items())
        return Cell("; ".join(found), tone="bad")
    if entries.keys() == services:
        return Cell(AS_EXPECTED, tone="good")
    names = join(display_names(results, entries))  # a rule that does not apply to all
    return Cell(f"{AS_EXPECTED}: {names}", tone="good")
