from levelbench.model.measurement import Timeline
from levelbench.report.tables import overtime
from tests.unit.factories import make_run
from tests.unit.report.reading import row


def test_the_window_is_told_in_fifths() -> None:
    run = make_run(blocks=1, throughput={"flask": 100.0}, control=None)
    line = Timeline(warmup=(40, 60), window=(100, 100, 110, 110, 120, 120, 130, 130, 140, 142))
    run = run.model_copy(update={"timelines": {run.trials[0].folder_name: line}})
    shown = row(overtime.throughput(run, "closed"), "flask")
    assert [text for text, _ in shown.values()] == [
        "Flask", "50.0", "100", "110", "120", "130", "141", "1",
    ]  # fmt: skip


def test_trials_that_were_not_valid_and_the_twin_do_not_count() -> None:
    run = make_run(blocks=1, failed="flask")
    line = Timeline(warmup=(1,), window=(1,))
    run = run.model_copy(update={"timelines": {t.folder_name: line for t in run.trials}})
    table = overtime.throughput(run, "closed")
    assert [cells[0].text for cells in table.rows] == ["Django", "FastAPI", "Starlette"]
    assert row(table, "fastapi")["Measurements"] == ("1", None)
