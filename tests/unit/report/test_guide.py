"""The guide's rows for runs with known truth; its sentences are snapshots (test_sentences.py)."""

from levelbench.analysis.derive import derive
from levelbench.model.finding import Finding
from levelbench.model.folder import Run
from levelbench.report import guide
from levelbench.report.section import Section
from levelbench.report.sections import sections
from tests.unit.factories import alone, make_run, under

THROUGHPUT = "most requests per second on one core"
CPU = "least CPU time per request"


def guided(run: Run) -> Section:
    return guide.section(derive(run), run)


def rows(run: Run) -> dict[str, str]:
    """Need -> what the run shows."""
    return {row[0].text: row[1].text for table in guided(run).tables for row in table.rows}


def test_it_follows_the_data() -> None:
    said = rows(make_run(throughput={"django": 900.0, "fastapi": 400.0, "flask": 260.0}))
    assert said[THROUGHPUT].startswith("Django: 90")


def test_a_lead_is_a_percentage_with_its_range() -> None:
    """FastAPI 40% ahead of Flask, and Flask of Django."""
    run = make_run(throughput={"django": 200.0, "fastapi": 392.0, "flask": 280.0})
    said = rows(run)[THROUGHPUT]
    assert said.startswith("FastAPI: 39")
    assert "% more than Flask (3" in said
    assert "% more than Django (9" in said


def test_less_is_a_percentage_too() -> None:
    said = rows(make_run())["least memory"]
    assert "% less than Django (" in said


def test_the_counts_of_the_text_are_those_of_the_rows() -> None:
    """On 33abfbe "of the 4 needs below" stood above a table of 7 rows."""
    found = guided(make_run())
    measured, counted = found.tables
    decided = [row for row in measured.rows if row[1].tone != "muted"]
    assert (len(measured.rows), len(decided)) == (4, 3)
    assert found.text[0].startswith("Of the four measured needs, this run decides three.")
    assert counted.caption == "By what is counted"


def test_a_run_that_may_not_be_quoted_decides_nothing() -> None:
    run = make_run(profile="smoke", publishable=False)
    found = guided(run)
    assert found.text[0] == guide.NOT_QUOTABLE
    assert {row[1].tone for row in found.tables[0].rows} == {"muted"}
    assert rows(run)[THROUGHPUT].startswith("Not decided: this run may not be quoted. Starlette 40")


def test_every_row_leads_to_a_table_of_the_report() -> None:
    for run in (make_run(), make_run(throughput={"flask": 250.0}, control=None),
                alone.make_run(), under(make_run(), "open-80", rate_rps=90)):  # fmt: skip
        shown = [s for part in sections(derive(run), run) for s in (part, *part.sections)]
        tables = {t.anchor: t.caption for s in shown if s.id != "guide" for t in s.tables}
        for table in guided(run).tables:
            for row in table.rows:
                assert tables[row[2].target or ""] == row[2].text


def test_each_need_that_was_measured_has_a_row() -> None:
    said = rows(under(make_run(), "open-80", rate_rps=90))
    assert THROUGHPUT not in said
    assert "lowest latency at a high fixed rate" in said
    assert "most list pages per second" in rows(alone.make_run())


def test_an_invalid_run_advises_nothing() -> None:
    spoiled = Finding(code="x", severity="error", cause="the disk was full", remedy=".")
    for run in (make_run(findings=(spoiled,)), make_run().model_copy(update={"trials": ()})):
        section = guided(run)
        assert section.text == (guide.INVALID,)
        assert section.tables == ()


def test_what_the_database_limits_is_not_compared_but_what_it_costs_is() -> None:
    run = make_run()
    finding = Finding(code="database-bound", severity="warning", cause=".", remedy=".")
    bound = tuple(
        t.model_copy(update={"findings": (finding,)}) if t.service == "starlette" else t
        for t in run.trials
    )
    said = rows(run.model_copy(update={"trials": bound}))
    assert said[THROUGHPUT].startswith("FastAPI: 401")
    assert "Starlette is excluded" in said[THROUGHPUT]
    assert "Starlette 2.35" in said[CPU]
