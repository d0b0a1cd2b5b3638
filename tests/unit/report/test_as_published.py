"""The "As published" section; its sentences are snapshots (test_sentences.py)."""

from levelbench.analysis.claims.article import article
from levelbench.analysis.derive import derive
from levelbench.model.folder import Run
from levelbench.report import as_published, html, markdown
from levelbench.report.machine import rerun
from levelbench.report.section import Section
from levelbench.report.sections import sections
from levelbench.report.tables.table import Table
from tests.unit.factories import make_run
from tests.unit.factories.published import exhibit, published_run

NOISE = (1.0, 1.01, 0.99)


def section(run: Run) -> Section:
    return as_published.section(derive(run, article().claimed_leads()), run)


def table(run: Run, caption: str) -> Table:
    return next(one for one in section(run).tables if one.caption.startswith(caption))


def texts(found: Table) -> list[list[str]]:
    return [[cell.text for cell in row] for row in found.rows]


def test_every_ratio_of_the_split_has_its_interval() -> None:
    found = table(published_run(noise=NOISE), "Published leads, split")
    ((pair, claimed, *ratios, blocks),) = found.rows
    assert (pair.text, claimed.text, blocks.text) == ("Starlette v FastAPI", "+40%", "5")
    assert len(ratios) == 3
    for cell in ratios:
        assert cell.detail is not None
        low, high = map(float, cell.detail.rstrip("%").split(" to "))
        assert low < float(cell.text.rstrip("%")) < high
        assert (cell.figure or "").startswith("/workloads/list/published/0/")


def test_each_handler_stands_below_its_contestants() -> None:
    run = published_run(
        exhibits={"starlette": exhibit("starlette"), "fastapi": exhibit("fastapi", items=True)}
    )
    assert texts(table(run, "What each list handler does")) == [
        ["FastAPI", "4", *["yes"] * 5, "320", "0%"],
        ["Fastapi-as-published", "1", "no", "yes", "no", "no", "no", "800", "+150%"],
        ["Starlette", "4", *["yes"] * 5, "400", "0%"],
        ["Starlette-as-published", "1", *["no"] * 5, "1,200", "+200%"],
    ]


def test_a_run_without_exhibits_has_no_such_section() -> None:
    run = make_run()
    assert section(run).tables == ()
    assert within_claims(run) == []


def test_a_run_that_ended_before_a_block_was_whole_says_so() -> None:
    run = published_run(blocks=1)
    run = run.model_copy(update={"trials": run.trials[:3]})
    said = section(run)
    assert said.text[0].startswith("No lead can be split")
    assert [one.caption.partition(":")[0] for one in said.tables] == [
        "What each list handler does",
        "Deviations of the exhibits",
    ]


def within_claims(run: Run) -> list[str]:
    (claims,) = (
        one for one in sections(derive(run, article().claimed_leads()), run) if one.id == "claims"
    )
    return [one.id for one in claims.sections]


def test_it_is_part_of_what_is_said_of_the_article() -> None:
    assert within_claims(published_run()) == ["as-published"]


def test_what_it_says_comes_from_outside_and_is_text() -> None:
    run = published_run()
    results = derive(run, article().claimed_leads())
    assert "no &lt;b&gt;count&lt;/b&gt;" in html.render(results, run)
    assert "no \\<b\\>count\\</b\\>" in markdown.render(results, run)


def test_it_is_run_again_with_its_exhibits() -> None:
    run = published_run()
    assert rerun(derive(run, article().claimed_leads()), run) == (
        "make bench PROFILE=quick SEED=42 SERVICES=fastapi,fastapi-as-published,starlette,"
        "starlette-as-published WORKLOAD=list"
    )
