from typing import get_args

from levelbench.analysis.claims.article import Verdict, article
from levelbench.analysis.claims.judge import judged
from levelbench.analysis.derive import derive
from levelbench.model.folder import Run
from levelbench.model.results import Results
from levelbench.report.tables import article as tables
from levelbench.report.tables.littleslaw import little
from levelbench.report.tables.table import Table
from levelbench.report.verdicts import CLAIMS
from tests.unit.analysis.claims.runs import AS_CLAIMED, three_views
from tests.unit.factories import alone, make_run
from tests.unit.report.reading import row


def results(run: Run) -> Results:
    return judged(derive(run))


def column(table: Table, label: str) -> list[str]:
    place = [column.label for column in table.columns].index(label)
    return [cells[place].text for cells in table.rows]


def test_every_verdict_has_a_word_and_its_rule() -> None:
    table = tables.claims(results(make_run()), article())
    known = set(get_args(Verdict))
    assert set(CLAIMS) == known == set(article().verdicts)
    assert len(table.rows) == 10


def test_a_claim_has_its_words_and_no_id() -> None:
    table = tables.claims(results(make_run(throughput=AS_CLAIMED)), article())
    claim, verdict, found = table.rows[0]
    assert (claim.text, claim.detail) == ("Starlette is 40% faster than FastAPI", None)
    assert verdict.text == "holds"
    assert found.text.startswith("Starlette v FastAPI: holds (+3")
    assert table.folded
    ids = {claim.id for claim in article().claims}
    assert not any(id in cell.text for row in table.rows for cell in row for id in ids)


def test_a_claim_that_was_not_measured_says_so_once() -> None:
    table = tables.claims(results(make_run()), article())
    (queues,) = (row for row in table.rows if row[0].text.startswith("A synchronous worker"))
    assert queues[2].text == "Not measured in this run."


def test_the_article_is_linked() -> None:
    (cell,) = (cell for row in tables.about(article()).rows for cell in row if cell.links)
    assert cell.links[0].target == article().url


def test_littles_law_is_computed_from_the_articles_rows_and_this_runs() -> None:
    run = make_run()
    table = little(results(run), run, article())
    assert [cell.text for cell in table.rows[0]] == [
        "Django", "284", "187", "53.1", "53.1%", "165", "99.0%",
    ]  # fmt: skip
    assert column(table, "Implied think time with 100 users, ms") == ["165", "182", "18", "9"]
    assert column(table, "Requests in flight") == ["53.1", "52.5", "83.8", "88.5"]


def test_users_that_wait_are_those_of_the_worst_valid_trial() -> None:
    run = make_run()
    first = next(trial for trial in run.trials if trial.service == "flask")
    assert first.window
    slack = first.model_copy(
        update={"window": first.window.model_copy(update={"vus_busy_share": 0.975})}
    )
    others = tuple(trial for trial in run.trials if trial.number != first.number)
    worst = run.model_copy(update={"trials": (slack, *others)})
    spoiled = run.model_copy(
        update={"trials": (slack.model_copy(update={"status": "invalid"}), *others)}
    )
    label = "Share of users waiting in this run, lowest"
    assert row(little(results(worst), worst, article()), "flask")[label] == ("97.5%", None)
    assert row(little(results(spoiled), spoiled, article()), "flask")[label] == (
        "99.0%",
        None,
    )


def test_a_run_without_the_closed_load_has_no_such_share() -> None:
    run = alone.make_run()
    table = little(results(run), run, article())
    assert set(column(table, "Share of users waiting in this run, lowest")) == {"—"}


def test_every_pair_stands_in_three_views() -> None:
    table = tables.views(results(three_views(AS_CLAIMED)), article())
    assert [cells[0].text for cells in table.rows] == [
        "Starlette v FastAPI",
        "Starlette v Django",
        "Starlette v Flask",
        "FastAPI v Django",
        "FastAPI v Flask",
        "Django v Flask",
    ]
    assert column(table, "The article") == ["+40%", "+339%", "+378%", "+214%", "+241%", "+9%"]
    (cells,) = (cells for cells in table.rows if cells[0].text == "Starlette v Django")
    for cell in cells[2:]:
        assert cell.text.startswith("+3")
        assert cell.detail
        assert cell.detail.endswith("%")
        assert cell.note == "better"
        assert (cell.figure or "").startswith("/workloads/")
        assert cell.reading == "inverse change"


def test_a_view_that_was_not_measured_has_no_column() -> None:
    table = tables.views(results(make_run()), article())
    assert [column.label for column in table.columns] == ["Pair", "The article", "Full mix"]
    nothing = make_run(workloads={}, plan=()).model_copy(update={"trials": ()})
    assert tables.views(results(nothing), article()).rows == ()


def test_what_is_silenced_stands_with_its_reason() -> None:
    found = row(tables.views(results(make_run(blocks=1)), article()), "starlette v django")
    assert found["Full mix"] == ("+124%", "fewer than 3 rounds in common")


def test_each_endpoint_alone_has_a_table_where_it_was_measured() -> None:
    assert tables.alone(results(make_run()), article()).rows == ()
    table = tables.alone(results(alone.make_run()), article())
    assert table.folded
    assert [column.label for column in table.columns] == [
        "Pair", "The article", "Register only", "Login only", "List only", "Detail only",
        "Task only",
    ]  # fmt: skip
    assert row(table, "django v flask")["List only"] == ("—", "Flask did not take part")


def test_the_printed_handlers_are_told_by_what_they_do() -> None:
    table = tables.handlers(results(make_run()), article())
    assert row(table, "starlette") == {
        "Contestant": ("Starlette", None),
        "Statements": ("1: orders", None),
        "User": ("not loaded", None),
        "Items": ("not loaded", None),
        "Total": ("no", None),
        "Order": ("no", None),
        "JWT": ("no", None),
    }


def test_what_the_article_concludes_is_folded() -> None:
    table = tables.recommendations(results(make_run()), article())
    assert table.folded
    assert row(table, "flask")["Errors"] == ("0.40%", None)
