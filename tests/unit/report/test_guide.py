"""Which one should you use: for runs whose truth is known."""

from levelbench.analysis.derive import derive
from levelbench.model.finding import Finding
from levelbench.model.folder import Run
from levelbench.report import guide, markdown
from levelbench.report.section import Section
from levelbench.report.sections import sections
from tests.unit.factories import UNEVEN, alone, make_run, under

THROUGHPUT = "most requests a second on one core"
CPU = "least processor time a request"
MEMORY = "least memory"
START = "fastest start"


def guided(run: Run) -> Section:
    return guide.section(derive(run), run)


def rows(run: Run) -> dict[str, str]:
    """Need -> what is said of it."""
    return {row[0].text: row[1].text for table in guided(run).tables for row in table.rows}


def notes(run: Run) -> str:
    return " ".join(note for table in guided(run).tables for note in table.notes)


def test_the_best_are_all_that_cannot_be_told_apart_with_the_next_and_the_last() -> None:
    assert rows(make_run())[THROUGHPUT] == (
        "starlette and fastapi are equivalent (404 and 401 requests/s; ratio 1.007 (1.000 to "
        "1.015)). starlette's throughput was 1.55 (1.53 to 1.57) times flask's, the next, and 2.24 "
        "(2.22 to 2.27) times django's, the last."
    )


def test_one_that_is_ahead_of_all_is_named_alone() -> None:
    run = make_run(throughput={"django": 180.0, "fastapi": 400.0, "flask": 260.0})
    said = rows(run)[THROUGHPUT]
    assert said.startswith("fastapi with 401 requests/s (398 to 403): 1.54 (")
    assert "times flask's throughput, the next, and 2." in said
    assert said.endswith("times django's, the last.")


def test_of_two_the_next_is_also_the_last() -> None:
    said = rows(make_run(throughput={"django": 180.0, "fastapi": 400.0}))[THROUGHPUT]
    assert said.endswith(" times django's throughput.")
    assert "the next" not in said


def test_it_follows_the_data() -> None:
    said = rows(make_run(throughput={"django": 900.0, "fastapi": 400.0, "flask": 260.0}))
    assert said[THROUGHPUT].startswith("django with 90")


def test_where_all_tie_no_difference_is_claimed() -> None:
    run = make_run(throughput={"a": 400.0, "b": 408.0, "c": 404.0}, control=None, measured_blocks=3)
    said = rows(run)[THROUGHPUT]
    assert said == (
        "No difference detected beyond the tie between b, c and a (408, 403 and 400 requests/s; "
        "ratio of b to a 1.020 (1.004 to 1.036))."
    )
    assert "the next" not in said
    assert "nobody is shown better than" in guided(run).text[0]


def test_the_articles_order_is_told_where_it_is_right() -> None:
    """FastAPI 40% ahead of Flask, and Flask of Django."""
    run = make_run(throughput={"django": 200.0, "fastapi": 392.0, "flask": 280.0})
    said = rows(run)[THROUGHPUT]
    assert said.startswith("fastapi with 39")
    assert "1.40 (" in said
    assert "1.96 (" in said


def test_processor_time_becomes_cores() -> None:
    said = rows(make_run())[CPU]
    assert "times" in said
    assert "1,000 such requests a second take 2.35 cores (2.3" in said
    assert "with starlette and 5.40 cores (5.3" in said
    assert said.endswith("with django, by the contestant's own processor time alone.")


def test_memory_and_start_have_their_rows() -> None:
    said = rows(make_run())
    assert said[MEMORY].startswith("starlette with 51.3 MiB (51.1 to 51.5): 0.80 (")
    assert said[START].startswith("django, fastapi, flask and starlette are equivalent")


def test_the_summary_counts_who_is_among_the_best() -> None:
    assert guided(make_run()).text[0] == (
        "Of the 4 needs below that this run can tell of, nobody is shown better than starlette in "
        "4, fastapi in 3, django in 1 and flask in 1."
    )


def test_every_row_leads_to_a_table_of_the_report() -> None:
    for run in (make_run(), make_run(throughput={"flask": 250.0}, control=None),
                alone.make_run(), under(make_run(), "open-80", rate_rps=90)):  # fmt: skip
        shown = [s for part in sections(derive(run), run) for s in (part, *part.sections)]
        tables = {t.anchor: t.caption for s in shown if s.id != "guide" for t in s.tables}
        (table,) = guided(run).tables
        assert table.rows
        for row in table.rows:
            assert tables[row[2].target or ""] == row[2].text


def test_each_view_that_was_measured_has_a_row_and_the_others_are_named() -> None:
    said = rows(under(make_run(), "open-80", rate_rps=90))
    assert THROUGHPUT not in said
    assert said["lowest latency at equal, high load"].startswith("starlette and fastapi are")
    said = rows(alone.make_run())
    assert said["most pages of a list a second"].startswith("starlette and fastapi are equivalent")
    assert "who has the lowest latency at equal, moderate load and lowest latency at equal, high " \
        "load: WORKLOAD=open measures it." in notes(make_run())  # fmt: skip
    assert "WORKLOAD=closed measures it" not in notes(make_run())


def test_one_contestant_has_nothing_beside_it() -> None:
    run = make_run(throughput={"flask": 250.0}, control=None)
    said = rows(run)
    assert said[THROUGHPUT].startswith("Only flask with 250 requests/s (2")
    assert said[THROUGHPUT].endswith("can be considered; nothing stands beside it.")
    assert "take 3.70 cores (" in said[CPU]
    assert guided(run).text[0].endswith("there are no two contestants with figures.")


def test_smoke_says_that_nothing_can_be_said() -> None:
    run = make_run(blocks=1, control=None, profile="smoke", publishable=False)
    assert guided(run).text[0] == (
        "Nothing can be said of which is better: with fewer than 3 trials each no difference can "
        "be told from noise."
    )
    for need in (THROUGHPUT, CPU, MEMORY, START):
        assert rows(run)[need].startswith("Nothing: with fewer than 3 blocks in common")
        assert "times" not in rows(run)[need]


def test_an_uneven_lab_advises_nothing() -> None:
    run = make_run(control_factor=UNEVEN)
    assert guided(run).text[0].endswith("one contestant against itself did not come out even.")
    assert rows(run)[THROUGHPUT].startswith(
        "Nothing: one contestant against itself did not come out even ("
    )


def test_a_partial_run_says_what_it_rests_on() -> None:
    assert guided(make_run(measured_blocks=3)).text[1] == (
        "The run is partial: this rests on 15 of 25 planned trials."
    )


def test_an_invalid_run_advises_nothing() -> None:
    spoiled = Finding(code="x", severity="error", cause="the disk was full", remedy=".")
    for run in (make_run(findings=(spoiled,)), make_run().model_copy(update={"trials": ()})):
        section = guided(run)
        assert section.text == ("This run is not valid: it is no ground to choose anything by.",)
        assert section.tables == ()


def test_one_that_failed_is_not_considered_and_named() -> None:
    run = make_run(failed="starlette")
    assert rows(run)[THROUGHPUT].startswith("fastapi with 401")
    assert "starlette is not considered: " in guided(run).text[1]


def test_one_with_too_few_trials_is_not_placed_and_named() -> None:
    run = make_run()
    few = tuple(t for t in run.trials if t.service != "django" or t.block <= 2)
    said = rows(run.model_copy(update={"trials": few}))[THROUGHPUT]
    assert said.endswith("flask's. django had too few valid trials to be placed.")
    assert "the next" not in said


def test_one_that_failed_a_trial_is_left_out_of_each_need() -> None:
    run = make_run()
    failing = tuple(
        t.model_copy(update={"status": "failed"}) if (t.service, t.block) == ("flask", 2) else t
        for t in run.trials
    )
    said = rows(run.model_copy(update={"trials": failing}))
    for need in (THROUGHPUT, CPU, MEMORY, START):
        assert said[need].endswith(" flask is left out: it failed trials.")


def test_what_the_database_limits_is_not_compared_but_what_it_costs_is() -> None:
    run = make_run()
    finding = Finding(code="database-bound", severity="warning", cause=".", remedy=".")
    bound = tuple(
        t.model_copy(update={"findings": (finding,)}) if t.service == "starlette" else t
        for t in run.trials
    )
    said = rows(run.model_copy(update={"trials": bound}))
    assert said[THROUGHPUT].startswith("fastapi with 401")
    assert said[THROUGHPUT].endswith(" starlette is left out: limited by the database's core.")
    assert "between starlette and fastapi" in said[CPU]
    assert "left out" not in said[CPU]


def test_it_stands_before_the_question_of_trust_in_both_forms() -> None:
    run = make_run()
    results = derive(run)
    ids = [section.id for section in sections(results, run)]
    assert ids.index("guide") == ids.index("trust") - 1
    assert "## Which one should you use?" in markdown.render(results, run)


def test_what_no_figure_decides_is_said() -> None:
    assert "Not decided by any of this: how fast your team writes" in notes(make_run())
    assert "On 2 cores database and load generator share one" in notes(make_run())
    assert "share one" not in notes(make_run(cores=8))
