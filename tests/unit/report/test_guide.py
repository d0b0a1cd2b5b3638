"""The guide's rows for runs with known truth; its sentences are snapshots (test_sentences.py)."""

from levelbench.analysis.derive import derive
from levelbench.model.finding import Finding
from levelbench.model.folder import Run
from levelbench.report import guide, markdown
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


def test_the_articles_order_is_told_where_it_is_right() -> None:
    """FastAPI 40% ahead of Flask, and Flask of Django."""
    run = make_run(throughput={"django": 200.0, "fastapi": 392.0, "flask": 280.0})
    said = rows(run)[THROUGHPUT]
    assert said.startswith("FastAPI: 39")
    assert "1.40 (" in said
    assert "1.96 (" in said


def test_processor_time_becomes_cores() -> None:
    said = rows(make_run())[CPU]
    assert "At 1,000 such requests/s, Starlette needs 2.35 (2.3" in said
    assert "Django needs 5.40 (5.3" in said


def test_every_row_leads_to_a_table_of_the_report() -> None:
    for run in (make_run(), make_run(throughput={"flask": 250.0}, control=None),
                alone.make_run(), under(make_run(), "open-80", rate_rps=90)):  # fmt: skip
        shown = [s for part in sections(derive(run), run) for s in (part, *part.sections)]
        tables = {t.anchor: t.caption for s in shown if s.id != "guide" for t in s.tables}
        (table,) = guided(run).tables
        assert table.rows
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
    assert said[CPU].startswith("Starlette: 2.35 ms")


def test_it_stands_before_the_question_of_trust_in_both_forms() -> None:
    run = make_run()
    results = derive(run)
    ids = [section.id for section in sections(results, run)]
    assert ids.index("guide") == ids.index("trust") - 1
    assert "## Which one should you use?" in markdown.render(results, run)
