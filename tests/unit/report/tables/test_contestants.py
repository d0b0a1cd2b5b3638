from syrupy.assertion import SnapshotAssertion

from levelbench.analysis.derive import derive
from levelbench.model.folder import Run
from levelbench.report.tables.contestants import head_to_head
from levelbench.report.tables.table import Table
from tests.unit.factories import make_run
from tests.unit.report.reading import row


def head(run: Run) -> Table:
    return head_to_head(derive(run), "closed")


def test_every_figure_has_its_interval() -> None:
    flask = row(head(make_run(reference=True)), "flask")
    for label, (text, detail) in flask.items():
        if label not in ("Contestant", "Rank", "Errors", "Valid measurements"):
            assert detail is not None, label
            assert " to " in detail
            assert text != "—"
    assert flask["Rank"] == ("3", None)
    assert flask["CPU per request, ms"][0] == "3.70"


def test_latency_at_full_speed_is_not_shown() -> None:
    assert not any("latency" in column.label for column in head(make_run()).columns)


def test_the_reference_has_its_column_only_when_it_ran() -> None:
    label = "CPU relative to baseline"
    assert label in row(head(make_run(reference=True)), "flask")
    assert label not in row(head(make_run()), "flask")
    assert row(head(make_run(reference=True)), "Bare ASGI")["Contestant"][1] == (
        "baseline, not ranked"
    )


def test_two_references_are_named_with_their_contestants(snapshot: SnapshotAssertion) -> None:
    notes = head(make_run(reference=True, wsgi_reference=True)).notes
    assert [note for note in notes if "baseline" in note] == snapshot


def test_a_reference_without_contestants_has_no_note_on_them() -> None:
    """`make bench SERVICES=floor` spoke of "The baseline, , "."""
    assert not any("baseline, " in note for note in head(only_reference()).notes)


def only_reference() -> Run:
    return make_run(throughput={}, reference=True, control=None)


def test_highest_first_then_references_then_the_failed() -> None:
    table = head(make_run(reference=True, failed="fastapi", control=None))
    assert [cells[0].text for cells in table.rows] == [
        "Starlette",
        "Flask",
        "Django",
        "Bare ASGI",
        "FastAPI",
    ]
    assert row(table, "fastapi")["Rank"] == ("failed", None)
