"""Part 4 of the report."""

from pathlib import Path

import pytest

from levelbench import report
from levelbench.analysis.claims.judge import judged
from levelbench.analysis.derive import derive
from levelbench.model.folder import Run
from levelbench.model.results import Claim, load_results
from levelbench.report import article, html, markdown
from tests.unit.analysis.claims.runs import AS_CLAIMED, three_views
from tests.unit.factories import make_run, write_run
from tests.unit.factories.standard import standard_run
from tests.unit.report.test_build import HOSTILE, Page


def text(run: Run) -> tuple[str, ...]:
    return article.section(judged(derive(run)), run).text


@pytest.mark.parametrize(
    ("run", "said"),
    [
        (
            three_views(AS_CLAIMED),
            "Of the article's 10 claims, 4 hold, 1 does not hold, 1 contradicts the article's own "
            "figures or code, 3 cannot be measured by a lab and 1 was not decided by this run.",
        ),
        (
            standard_run(blocks=5),
            "Of the article's 10 claims, 1 holds, 2 hold in direction only, 3 do not hold, 1 "
            "contradicts the article's own figures or code and 3 cannot be measured by a lab.",
        ),
        (
            make_run(blocks=1, control=None, profile="smoke"),
            "Of the article's 10 claims, 1 contradicts the article's own figures or code, 3 cannot "
            "be measured by a lab and 6 were not decided by this run.",
        ),
    ],
    ids=["right", "standard", "smoke"],
)
def test_the_first_sentence_counts_the_verdicts(run: Run, said: str) -> None:
    assert text(run)[0] == said


def test_it_says_what_the_article_left_unstated() -> None:
    assert text(make_run())[-1] == (
        "The article loads 5 endpoints with 100 users for 300 s. It does not state: hardware, "
        "think time, mix of the five endpoints, password hash and its cost, server and worker "
        "count, pool size, data size, repeats, versions and load generator."
    )


def test_html_and_markdown_have_it_alike(tmp_path: Path) -> None:
    report.build(write_run(tmp_path, make_run()))
    page = " ".join(" ".join(Page((tmp_path / "report.html").read_text()).text).split())
    text = (tmp_path / "report.md").read_text()
    for caption in (
        "The article's claims",
        "Throughput of every pair, in three views",
        "The article's figures through Little's law",
        "What the article's printed list handlers do",
        "What the article says of each",
    ):
        assert caption in page
        assert f"### {caption}" in text
    assert "## Does the article hold?" in text
    assert len(load_results(tmp_path).claims) == 10


def test_a_claim_is_text_and_no_markup() -> None:
    claim = Claim(id=HOSTILE, claimed=HOSTILE, measured=HOSTILE, verdict="holds", why=HOSTILE)
    run = make_run()
    results = derive(run).model_copy(update={"claims": (claim,)})
    page = Page(html.render(results, run))
    assert page.open == []
    assert not any(tag == "img" for tag, _ in page.tags)
    assert "<script>" not in markdown.render(results, run).replace("\\<", "")
