"""Part 4 of the report, "Does the article hold?": verdicts on its claims."""

from collections.abc import Sequence

from levelbench.analysis.claims.article import Article, article
from levelbench.model.folder import Run
from levelbench.model.results import Claim, Results
from levelbench.report import as_published
from levelbench.report.section import Section
from levelbench.report.tables import article as tables
from levelbench.report.verdicts import CLAIMS
from levelbench.report.words import join


def section(results: Results, run: Run) -> Section:
    published = article()
    return Section(
        "claims",
        "Does the article hold?",
        tuple(_text(results, published)),
        tuple(
            table
            for table in (
                tables.claims(results, published),
                tables.prospects(results, run, published),
                tables.views(results, published),
                tables.alone(results, published),
                tables.little(results, run, published),
                tables.handlers(results, published),
                tables.recommendations(results, published),
            )
            if table.rows
        ),
        sections=(shown,) if (shown := as_published.section(results, run)).tables else (),
    )


def _text(results: Results, published: Article) -> list[str]:
    texts = [tally(results.claims)] if results.claims else []
    texts.append(
        "Each claim is judged in up to three views: the full mix of endpoints, the mix without "
        "sign-in, and the list only. The weakest verdict counts, so that no choice of mix can "
        "rescue a claim."
    )
    setup = published.setup
    texts.append(
        f"The article tested {len(setup.endpoints)} endpoints with {setup.concurrent_users} users "
        f"for {setup.duration_s:.0f} s. It does not state: {join(setup.not_stated)}."
    )
    return texts


def tally(claims: Sequence[Claim]) -> str:
    """The number of claims with each verdict, in one sentence."""
    counts = {verdict: sum(claim.verdict == verdict for claim in claims) for verdict in CLAIMS}
    parts = [f"{count} {CLAIMS[verdict][count > 1]}" for verdict, count in counts.items() if count]
    return f"Of the article's {len(claims)} claims, {join(parts)}."
