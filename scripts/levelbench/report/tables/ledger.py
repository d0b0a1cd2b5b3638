"""The parity ledger: a row per rule, with all contestants."""

from collections.abc import Iterable

from levelbench.model.ledger import ParityEntry
from levelbench.report.tables.table import Cell, Column, Table

AS_EXPECTED = "as expected"


def parity(entries: Iterable[ParityEntry]) -> Table:
    """Expected and observed behaviour, naming contestants that differ by declaration."""
    by_rule: dict[str, list[ParityEntry]] = {}
    services: set[str] = set()
    for entry in entries:
        by_rule.setdefault(entry.rule, []).append(entry)
        services.add(entry.service)
    return Table(
        "Parity ledger",
        (
            Column("Rule", numeric=False),
            Column("Expected", numeric=False),
            Column("Observed", numeric=False),
        ),
        tuple(
            (Cell(rule), Cell(_expected(found)), _seen(found, services))
            for rule, found in by_rule.items()
        ),
        ("Every rule is checked on the running contestants; deviations are named.",)
        if by_rule
        else (),
    )


def _expected(entries: list[ParityEntry]) -> str:
    return _by_service({entry.service: entry.expected for entry in entries})


def _seen(entries: list[ParityEntry], services: set[str]) -> Cell:
    broken = {entry.service: entry.observed for entry in entries if not entry.holds}
    if broken:
        return Cell("; ".join(f"{name}: {seen}" for name, seen in broken.items()), tone="bad")
    if {entry.service for entry in entries} == services:
        return Cell(AS_EXPECTED, tone="good")
    names = ", ".join(entry.service for entry in entries)
    return Cell(f"{AS_EXPECTED}: {names}", tone="good")  # a rule that does not apply to all


def _by_service(texts: dict[str, str]) -> str:
    """One text where all agree, else each text with the services that it is for."""
    by_text: dict[str, list[str]] = {}
    for service, text in texts.items():
        by_text.setdefault(text, []).append(service)
    if len(by_text) == 1:
        return next(iter(by_text))
    return "; ".join(f"{', '.join(names)}: {text}" for text, names in by_text.items())
