import json

from levelbench.analysis.derive import derive
from levelbench.model.trial import TaskSummary
from levelbench.report.tables.detail import endpoints, resources, tasks
from tests.unit.factories import make_run
from tests.unit.report.reading import row


def test_tasks_are_shown_from_the_request_to_the_result() -> None:
    run = make_run(blocks=1, control=None)
    shown = row(tasks(derive(run), "closed"), "flask")
    flask = next(t for t in run.trials if t.label == "flask")
    assert flask.tasks is not None
    assert {label: text for label, (text, _) in shown.items()} == {
        "Contestant": "Flask",
        "Accepted": str(flask.tasks.accepted),
        "Completed": str(flask.tasks.accepted),
        "Lost": "0",
        "p50 time to accept, ms": f"{0.9 * 1000 * 100 / flask.window.throughput_rps:.0f}",
        "p95 time to accept, ms": "—",
        "p50 lag, ms": "12.0",
        "p95 lag, ms": "—",
        "Open at the end": "1.00",
        "Drain, s": "0.500",
    }


def test_tasks_that_were_lost_stand_out() -> None:
    run = make_run(blocks=1, control=None)
    lossy = TaskSummary(accepted=104, completed=103, lost=1, lag_p50_ms=12.0, open_at_end=3)
    trials = [
        t.model_copy(update={"tasks": lossy}) if t.label == "flask" else t for t in run.trials
    ]
    run = run.model_copy(update={"trials": tuple(trials)})
    table = tasks(derive(run), "closed")
    cells = next(cells for cells in table.rows if cells[0].text == "Flask")
    lost = cells[[column.label for column in table.columns].index("Lost")]
    assert (lost.text, lost.tone) == ("1", "bad")
    assert row(table, "flask")["Drain, s"] == ("—", None)


def test_tasks_are_shown_as_well_where_no_request_was_measured() -> None:
    run = make_run(blocks=1, control=None)
    trials = [t.model_copy(update={"endpoints": {}}) for t in run.trials]
    run = run.model_copy(update={"trials": tuple(trials)})
    shown = row(tasks(derive(run), "closed"), "flask")
    assert shown["p50 time to accept, ms"] == ("—", None)
    assert shown["p50 lag, ms"][0] == "12.0"


def test_every_value_of_results_names_its_place() -> None:
    run = make_run(blocks=3, control=None)
    results = derive(run)
    content = json.loads(results.model_dump_json())
    tables = (
        resources(results, run, "closed"),
        endpoints(results, "closed"),
        tasks(results, "closed"),
    )
    figures = [cell.figure for table in tables for row in table.rows for cell in row if cell.figure]
    assert len(figures) == 4 * (5 + 5 * 8 + 9)
    for figure in figures:
        found = content
        for part in figure.split("/")[1:]:
            found = found[part]
