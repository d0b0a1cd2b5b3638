"""Claims in the report are text, not markup; their sentences are snapshots."""

from levelbench.analysis.claims.judge import judged
from levelbench.analysis.derive import derive
from levelbench.model.results import Claim
from levelbench.report import html, markdown
from levelbench.report.article import section
from tests.unit.factories import make_run
from tests.unit.report.test_build import HOSTILE, Page


def test_a_claim_is_text_and_no_markup() -> None:
    claim = Claim(id=HOSTILE, claimed=HOSTILE, measured=HOSTILE, verdict="holds", why=HOSTILE)
    run = make_run()
    results = derive(run).model_copy(update={"claims": (claim,)})
    page = Page(html.render(results, run))
    assert page.open == []
    assert not any(tag == "img" for tag, _ in page.tags)
    assert "<script>" not in markdown.render(results, run).replace("\\<", "")


def test_the_article_is_named_with_how_many_claims_hold() -> None:
    run = make_run()
    found = section(judged(derive(run)), run)
    assert found.text[0].startswith(
        "“I compared 4 Python web frameworks, one surprised me completely” (plainenglish.io, date "
        "not known) makes ten claims about four frameworks: "
    )
    assert "three cannot be measured" in found.text[0]
    assert [drawn.id for drawn in found.plots] == ["claimed"]


def test_a_run_that_may_not_be_quoted_decides_no_claim() -> None:
    run = make_run(profile="smoke", publishable=False)
    text = section(judged(derive(run)), run).text
    assert text[-1] == "This run decides none of them: the run is not publishable."
