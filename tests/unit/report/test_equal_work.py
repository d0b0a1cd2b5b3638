from levelbench.analysis.derive import derive
from levelbench.model.choice import Choice
from levelbench.model.folder import Run
from levelbench.model.ledger import DECLARED, ParityEntry
from levelbench.report import equal_work
from levelbench.report.words import differing_parts
from tests.unit.factories import make_run
from tests.unit.factories.code import with_services
from tests.unit.report.reading import row

HASH = "argon2id, v=19, m=19456,t=2,p=1"
LIST = "4 data statements per request (1 COUNT orders)"


def entry(service: str, rule: str, observed: str, *, holds: bool = True) -> ParityEntry:
    return ParityEntry(
        rule=rule, service=service, expected=observed, observed=observed, holds=holds
    )


def entries(service: str, *, connections: str = "12") -> list[ParityEntry]:
    return [
        entry(service, "behaviour: register: cases passed", "137 of 137"),
        entry(service, "behaviour: login: cases passed", "135 of 135"),
        entry(service, equal_work.STATEMENTS["list"], LIST),
        entry(service, equal_work.SAME_HASH, HASH),
        entry(service, "connections: with 100 clients", connections, holds=connections == "12"),
    ]


def text(*parity: ParityEntry) -> tuple[str, ...]:
    run = with_services(
        make_run(throughput={"django": 180.0, "flask": 260.0}, control=None), *parity
    )
    return equal_work.section(derive(run), run).text


def test_what_was_checked_is_one_line_with_counts() -> None:
    assert text(*entries("django"), *entries("flask"))[0] == (
        "Checked in the running containers before the first measurement: 272 contract cases for "
        "each of the two, the same data statements (4 for a list), the same password hash, 12 "
        "database connections. All 10 checks hold."
    )


def test_a_check_that_does_not_hold_is_said_with_its_contestant_and_not_as_equal() -> None:
    said = text(*entries("django"), *entries("flask", connections="20"))[0]
    assert "database connections" not in said
    assert said.endswith("1 of 10 checks do not hold (Flask): see the ledger.")


def test_what_not_all_were_checked_by_is_not_said_of_all() -> None:
    said = text(*entries("django"), *entries("flask")[:3])[0]
    assert "password hash" not in said
    assert "272 contract cases" in said


def test_a_run_without_a_ledger_claims_nothing() -> None:
    assert text()[0] == equal_work.NOT_RECORDED


def test_choices_come_first_and_all_tables_are_folded() -> None:
    run: Run = with_services(
        make_run(),
        *entries("flask"),
        flask={"choices": (Choice(what="w", why="y", source="https://example.org/"),)},
    )
    found = equal_work.section(derive(run), run)
    assert [(table.caption, table.folded) for table in found.tables] == [
        ("Choices that are not defaults: 1", True),
        ("Stacks", True),
        ("Parity ledger", True),
    ]
    assert equal_work.NO_CHOICES not in found.text
    assert equal_work.NO_CHOICES in text(*entries("django"))


def test_contestants_with_the_same_data_layer_are_named() -> None:
    run = make_run()
    assert (
        equal_work.section(derive(run), run).text[1]
        == "FastAPI and Starlette share a data layer (sqlalchemy-asyncio)."
    )


def test_the_table_of_stacks_marks_what_is_not_proven() -> None:
    unproven = ParityEntry(
        rule="traits: serializer",
        service="flask",
        expected="json",
        observed=DECLARED,
        holds=True,
    )
    run = with_services(make_run(), unproven)
    (table, ledger) = equal_work.section(derive(run), run).tables
    serializer = row(table, "serializer")
    assert serializer["Flask"] == ("json", "declared")
    assert serializer["Django"] == ("json", None)
    assert row(ledger, "traits: serializer")["Observed"][0] == f"{DECLARED}: Flask"


def test_an_older_run_shows_the_traits_that_it_recorded() -> None:
    run = with_services(
        make_run(), **{name: {"traits": {"interface": "asgi"}} for name in ("fastapi", "django")}
    )
    results = derive(run)
    assert differing_parts(results, "fastapi", "django") is None
    assert differing_parts(results, "fastapi", "flask") == "server"
    assert differing_parts(results, "starlette", "flask") == (
        "server, processes, driver, data layer"
    )
