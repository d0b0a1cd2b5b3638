from levelbench.model.ledger import ParityEntry
from levelbench.report.tables.ledger import parity
from levelbench.report.tables.table import Table


def entry(service: str, rule: str = "data: a", *, holds: bool = True, **texts: str) -> ParityEntry:
    expected = texts.get("expected", "12")
    observed = texts.get("observed", expected if holds else "20")
    return ParityEntry(
        rule=rule, service=service, expected=expected, observed=observed, holds=holds
    )


def ledger(*entries: ParityEntry) -> Table:
    names = {"django": "Django", "fastapi": "FastAPI", "flask": "Flask", "starlette": "Starlette"}
    return parity(entries, names)


def rows(*entries: ParityEntry) -> list[tuple[str, ...]]:
    return [tuple(cell.text for cell in row) for row in ledger(*entries).rows]


def test_a_check_that_holds_for_all_is_one_line() -> None:
    assert rows(entry("flask"), entry("django")) == [("data: a", "12", "as expected")]


def test_what_differs_is_named_with_what_was_seen() -> None:
    found = ledger(entry("flask"), entry("django", holds=False)).rows[0]
    assert (found[2].text, found[2].tone) == ("Django: 20", "bad")


def test_contestants_that_declare_different_things_are_each_named() -> None:
    (row,) = rows(entry("flask", expected="2"), entry("starlette", expected="2"),
                  entry("django", expected="0"))  # fmt: skip
    assert row[1] == "Flask and Starlette: 2; Django: 0"
    assert row[2] == "as expected"


def test_a_check_that_not_all_are_subject_to_names_those_that_are() -> None:
    found = rows(entry("flask"), entry("fastapi"), entry("fastapi", rule="event loop: x"))
    assert found[1] == ("event loop: x", "12", "as expected: FastAPI")


def test_no_entries_make_no_table() -> None:
    assert ledger().rows == ()
