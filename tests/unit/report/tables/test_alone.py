from levelbench.analysis.derive import derive
from levelbench.model.finding import Finding
from levelbench.model.folder import Run
from levelbench.model.vocabulary import ENDPOINTS, Endpoint
from levelbench.report.tables import alone, checks, detail, pairs
from levelbench.report.tables.table import Table
from tests.unit.factories.alone import make_run
from tests.unit.report.reading import row


def each(run: Run) -> Table:
    return alone.each_endpoint(derive(run), "endpoints")


def on(table: Table, endpoint: Endpoint) -> dict[str, dict[str, tuple[str, str | None]]]:
    """Contestant -> column -> (text, detail)."""
    labels = [column.label for column in table.columns]
    return {
        cells[1].text: {
            label: (cell.text, cell.detail) for label, cell in zip(labels, cells, strict=True)
        }
        for cells in table.rows
        if cells[0].text == endpoint
    }


def test_a_row_for_each_endpoint_and_contestant_the_fastest_first_the_reference_last() -> None:
    table = each(make_run())
    assert len(table.rows) == 4 * len(ENDPOINTS)
    assert list(on(table, "detail")) == ["Starlette", "FastAPI", "Django", "Bare ASGI"]
    assert on(table, "detail")["Bare ASGI"]["Contestant"][1] == "baseline"


def test_every_figure_has_its_interval() -> None:
    django = on(each(make_run()), "list")["Django"]
    assert django["Throughput, requests/s"][0] == "180"
    assert django["CPU per request, ms"][0] == "6.01"
    assert django["CPU relative to baseline"][0].startswith("12.0")
    assert django["Throughput relative to baseline"][0].startswith("22.5")
    for label, (text, interval) in django.items():
        if label not in ("Endpoint", "Contestant", "Errors"):
            assert text != "—"
            assert interval is not None
            assert " to " in interval
    assert "% to " in (django["Throughput relative to baseline"][1] or "")


def test_multiples_of_the_reference_side_by_side() -> None:
    table = alone.times_the_reference(derive(make_run()), "endpoints")
    assert [cells[0].text for cells in table.rows] == ["Django", "FastAPI", "Starlette"]
    assert row(table, "django")["list"][0].startswith("12.0")
    assert row(table, "django")["register"][0].startswith("1.2")


def test_a_figure_of_the_database_is_labelled() -> None:
    finding = Finding(
        code="database-bound", severity="warning", cause="c", remedy="r", endpoint="list"
    )
    run = make_run()
    trials = [
        t.model_copy(update={"findings": (finding,)}) if t.label == "floor" else t
        for t in run.trials
    ]
    table = each(run.model_copy(update={"trials": tuple(trials)}))
    assert on(table, "list")["Bare ASGI"]["Contestant"][1] == "baseline, limited by the database"
    assert on(table, "task")["Bare ASGI"]["Contestant"][1] == "baseline"


def test_a_contestant_that_failed_is_shown() -> None:
    run = make_run()
    finding = Finding(code="errors", severity="error", cause="too many errors", remedy="r")
    trials = [
        t.model_copy(update={"status": "failed", "findings": (finding,)})
        if t.label == "django"
        else t
        for t in run.trials
    ]
    last = each(run.model_copy(update={"trials": tuple(trials)})).rows[-1]
    assert (last[1].text, last[1].tone) == ("Django", "bad")
    assert {cell.text for cell in last[2:]} == {"—"}


def test_pairs_name_their_endpoint_in_the_order_of_the_journey() -> None:
    table = pairs.comparisons(derive(make_run()), "endpoints", "throughput_rps")
    assert [column.label for column in table.columns] == [
        "Pair", "Endpoint", "Difference", "Verdict",
    ]  # fmt: skip
    assert [cells[1].text for cells in table.rows[::3]] == list(ENDPOINTS)
    assert any("over all endpoints" in note for note in table.notes)


def test_processor_time_is_told_for_each_endpoint() -> None:
    run = make_run()
    table = detail.resources(derive(run), run, "endpoints")
    assert len(table.rows) == 4 * len(ENDPOINTS)
    django = next(
        [cell.text for cell in cells]
        for cells in table.rows
        if (cells[0].text, cells[1].text) == ("Django", "list")
    )
    assert django[2] == "6.01"
    assert django[4] == "0.400"


def test_checks_show_the_worst_window() -> None:
    run = make_run()
    first = next(t for t in run.trials if t.label == "django")
    idle = first.endpoints["task"].model_copy(update={"vus_busy_share": 0.971})
    worse = first.model_copy(update={"endpoints": {**first.endpoints, "task": idle}})
    run = run.model_copy(update={"trials": tuple(worse if t is first else t for t in run.trials)})
    table = checks.validity(derive(run), run, "endpoints")
    assert row(table, "django")["Users kept busy, lowest"][0] == "97.1%"
    assert row(table, "django")["PostgreSQL's CPU share, highest"][0] != "—"
