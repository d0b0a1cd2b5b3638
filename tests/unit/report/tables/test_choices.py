from levelbench.model.choice import Choice
from levelbench.report.tables.choices import choices
from levelbench.report.tables.table import Link
from tests.unit.factories import make_run
from tests.unit.factories.code import with_services

THREADS = Choice(what="threads = 4", why="12 connections", source="https://example.org/threads")
HASH = Choice(what="time_cost = 2", why="equal", source="lab-equalised: password hash")


def test_a_choice_of_several_contestants_is_one_row_with_its_source() -> None:
    run = with_services(
        make_run(), django={"choices": (THREADS, HASH)}, flask={"choices": (THREADS,)}
    )
    first, second = choices(run).rows
    assert [cell.text for cell in first[:3]] == [
        "threads = 4",
        "Django and Flask",
        "12 connections",
    ]
    assert first[3].links == (Link("example.org/threads", "https://example.org/threads"),)
    assert second[3].text == "equal for all: password hash"


def test_an_old_run_has_no_table() -> None:
    assert choices(make_run()).rows == ()
