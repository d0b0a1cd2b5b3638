"""Claims in the report are text, not markup; their sentences are snapshots."""

from levelbench.analysis.derive import derive
from levelbench.model.results import Claim
from levelbench.report import html, markdown
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
