from levelbench.lab.database import OWNER
from levelbench.verify.parity.statement_log import parse
from tests.unit.verify.parity.recorded import recorded


def test_the_extended_protocol_names_what_is_prepared() -> None:
    found = parse(recorded("statements-fastapi.log"), OWNER)
    assert [(s.name is not None, s.query.split()[0]) for s in found] == [
        (False, "BEGIN;"),
        (True, "SELECT"),
        (True, "SELECT"),
        (True, "SELECT"),
        (False, "ROLLBACK;"),
        (False, "BEGIN;"),
        (True, "SELECT"),
        (False, "ROLLBACK;"),
    ]


def test_the_simple_protocol_prepares_nothing() -> None:
    found = parse(recorded("statements-django.log"), OWNER)
    assert [s.query.split()[0] for s in found] == ["SELECT"] * 4
    assert {s.name for s in found} == {None}


def test_another_role_is_not_counted() -> None:
    text = recorded("statements-django.log")
    assert parse(text, "contestant_worker") == []
    assert parse(text.replace("contestant@", "somebody@", 1), OWNER) == parse(text, OWNER)[1:]
