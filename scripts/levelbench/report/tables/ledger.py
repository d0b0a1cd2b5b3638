"""The parity ledger: a row per rule, with all contestants."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from levelbench.model.ledger import DECLARED, ParityEntry
from levelbench.report.tables.table import Cell, Column, Table
from levelbench.report.words import join

AS_EXPECTED = "as expected"


def parity(
    entries: Iterable[ParityEntry], names: Mapping[str, str] = MappingProxyType({})
) -> Table:
    """Expected and observed behaviour, naming contestants that differ by declaration.

    `names` are display names by service.
    """
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
            (Cell(rule), Cell(_expected(found, names)), _seen(found, services, names))
            for rule, found in by_rule.items()
        ),
    )


def _expected(entries: Mapping[str, ParityEntry], names: Mapping[str, str]) -> str:
    """One text where all agree, else each text with the contestants that it is for."""
    by_text: dict[str, list[str]] = {}
    for name, entry in entries.items():
        by_text.setdefault(entry.expected, []).append(names.get(name, name))
    if len(by_text) == 1:
        return next(iter(by_text))
    return "; ".join(f"{join(those)}: {text}" for text, those in by_text.items())


def _seen(entries: Mapping[str, ParityEntry], services: set[str], names: Mapping[str, str]) -> Cell:
    broken = {name: entry.observed for name, entry in entries.items() if not entry.holds}
    if broken:
        found = (f"{names.get(name, name)}: {seen}" for name, seen in broken.items())
        return Cell("; ".join(found), tone="bad")
    if declared := [name for name, entry in entries.items() if entry.observed == DECLARED]:
        those = join([names.get(name, name) for name in declared])
        return Cell(f"{DECLARED}: {those}", tone="muted")
    if entries.keys() == services:
        return Cell(AS_EXPECTED, tone="good")
    those = join([names.get(name, name) for name in entries])  # a rule that does not apply to all
    return Cell(f"{AS_EXPECTED}: {those}", tone="good")
