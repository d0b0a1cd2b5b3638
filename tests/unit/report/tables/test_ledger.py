from levelbench.model.ledger import ParityEntry
from levelbench.report.tables.ledger import parity


def entry(service: str, rule: str = "data: a", *, holds: bool = True, **texts: str) -> ParityEntry:
    expected = texts.get("expected", "12")
    observed = texts.get("observed", expected if holds else "20")
    return ParityEntry(
        rule=rule, service=service, expected=expected, observed=observed, holds=holds
    )


def rows(*entries: ParityEntry) -> list[tuple[str, ...]]:
    return [tuple(cell.text for cell in row) for row in parity(entries).rows]


def test_a_check_that_holds_for_all_is_one_line() -> None:
    assert rows(entry("flask"), entry("django")) == [("data: a", "12", "as expected")]


def test_what_differs_is_named_with_what_was_seen() -> None:
    found = parity([entry("flask"), entry("django", holds=False)]).rows[0]
    assert (found[2].text, found[2].tone) == ("django: 20", "bad")


def test_contestants_that_declare_different_things_are_each_named() -> None:
    (row,) = rows(entry("flask", expected="2"), entry("starlette", expected="2"),
                  entry("django", expected="0"))  # fmt: skip
    assert row[1] == "flask, starlette: 2; django: 0"
    assert row[2] == "as expected"


def test_a_check_that_not_all_are_subject_to_names_those_that_are() -> None:
    found = rows(entry("flask"), entry("fastapi"), entry("fastapi", rule="event loop: x"))
    assert found[1] == ("event loop: x", "12", "as expected: fastapi")


def test_no_entries_make_no_table() -> None:
    assert parity([]).rows == ()
