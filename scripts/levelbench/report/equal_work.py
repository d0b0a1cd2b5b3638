"""The section "Equal work": what was checked before the first measurement, in one line."""

import re
from collections.abc import Iterable, Iterator, Sequence

from levelbench.analysis.text import display_name
from levelbench.model.folder import Run
from levelbench.model.ledger import ParityEntry
from levelbench.model.results import Results
from levelbench.report.section import Section
from levelbench.report.tables import ledger
from levelbench.report.tables.choices import choices
from levelbench.report.tables.table import filled, folded
from levelbench.report.tables.traits import shared_layers, stacks
from levelbench.report.words import join, number_word

CHECKED = "Checked in the running containers before the first measurement"
NOT_RECORDED = "This run did not record whether the contestants do equal work."
NO_CHOICES = "It did not record the contestants' choices that are not defaults."
COUNT = re.compile(r"(\d+)")
SAME_HASH = "password hash: parameters"
CONNECTIONS = r"connections: with \d+ clients"
STATEMENTS = {
    "list": "statements and rows: list, page 1",
    "detail": "statements and rows: detail, 1 item",
}
CASES = re.compile(r"behaviour: .*: (cases passed|promises kept)")


def section(results: Results, run: Run) -> Section:
    """One line of what was checked; choices, stacks and ledger are folded."""
    entries = run.record.parity
    text = [_checked(results, entries) if entries else NOT_RECORDED, *shared_layers(results)]
    found = filled(choices(run))
    if not found:
        text.append(NO_CHOICES)
    return Section(
        "equal-work",
        "Equal work",
        tuple(text),
        tables=(
            *found,
            *folded(stacks(results, run), ledger.parity(entries, _names(results))),
        ),
    )


def _names(results: Results) -> dict[str, str]:
    return {name: service.display_name for name, service in results.services.items()}


def _checked(results: Results, entries: Sequence[ParityEntry]) -> str:
    """`Checked ...: 693 contract cases for each of the four, ... All 382 checks hold.`"""
    contestants = {name for name, s in results.services.items() if s.role != "exhibit"}
    own = [entry for entry in entries if entry.service in contestants]
    names = list(dict.fromkeys(entry.service for entry in own))
    broken = [entry for entry in entries if not entry.holds]
    details = list(_details(own, names))
    text = f"{CHECKED}: {', '.join(details)}." if details else f"{CHECKED}."
    if not broken:
        return f"{text} All {len(entries):,} checks hold."
    by = join(sorted({display_name(results, entry.service) for entry in broken}))
    return f"{text} {len(broken)} of {len(entries):,} checks do not hold ({by}): see the ledger."


def _details(entries: Sequence[ParityEntry], names: Sequence[str]) -> Iterator[str]:
    """What is said of all contestants; nothing of a rule that not all of them were checked by."""
    cases = [_cases(entries, name) for name in names]
    if cases and all(cases):
        low, high = min(cases), max(cases)
        each = "" if len(names) == 1 else f" for each of the {number_word(len(names))}"
        yield f"{low if low == high else f'{low} to {high}'} contract cases{each}"
    counts = [
        f"{count} for {'a list' if endpoint == 'list' else 'a detail page'}"
        for endpoint, rule in STATEMENTS.items()
        if (count := _count(entries, rule, names))
    ]
    if counts:
        yield f"the same data statements ({join(counts)})"
    if _observed(entries, SAME_HASH, names):
        yield "the same password hash"
    if connections := _count(entries, CONNECTIONS, names):
        yield f"{connections} database connections"


def _cases(entries: Iterable[ParityEntry], name: str) -> int:
    """The contract cases that a contestant passed."""
    passed = [
        COUNT.match(entry.observed)
        for entry in entries
        if entry.service == name and CASES.fullmatch(entry.rule)
    ]
    return sum(int(found[1]) for found in passed if found)


def _observed(entries: Iterable[ParityEntry], rule: str, names: Sequence[str]) -> str | None:
    """What a rule (a pattern) observed in all contestants; None if it was not the same or does not
    hold."""
    found = {entry.service: entry for entry in entries if re.fullmatch(rule, entry.rule)}
    if not names or not set(names) <= found.keys() or not all(e.holds for e in found.values()):
        return None
    seen = {entry.observed for entry in found.values()}
    return seen.pop() if len(seen) == 1 else None


def _count(entries: Iterable[ParityEntry], rule: str, names: Sequence[str]) -> str | None:
    """The first number of what a rule observed in all contestants."""
    found = COUNT.search(_observed(entries, rule, names) or "")
    return found[1] if found else None
