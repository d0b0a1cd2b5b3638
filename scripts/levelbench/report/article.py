"""Part 4 of the report: does the article hold?"""

from collections.abc import Sequence

from levelbench.analysis.claims.article import Article, article
from levelbench.model.folder import Run
from levelbench.model.results import Claim, Results
from levelbench.report import as_published
from levelbench.report.section import Section
from levelbench.report.tables import article as tables
from levelbench.report.words import join

SAID: dict[str, tuple[str, str]] = {
    "holds": ("holds", "hold"),
    "direction_only": ("holds in direction only", "hold in direction only"),
    "does_not_hold": ("does not hold", "do not hold"),
    "inconsistent": ("contradicts the article's own figures or code",
                     "contradict the article's own figures or code"),
    "not_measurable": ("cannot be measured by a lab", "cannot be measured by a lab"),
    "not_measured": ("was not decided by this run", "were not decided by this run"),
}  # fmt: skip
"""Of one claim, and of several."""


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
                tables.views(results, published),
                tables.alone(results, published),
                tables.little(run, published),
                tables.handlers(published),
                tables.recommendations(published),
            )
            if table.rows
        ),
        sections=(shown,) if (shown := as_published.section(results, run)).tables else (),
    )


def _text(results: Results, published: Article) -> list[str]:
    said = [tally(results.claims)] if results.claims else []  # none where nobody judged
    said.append(
        "The three views are the mix of all endpoints, the mix without registration and login, and "
        "the list alone: a claim gets the weakest verdict of those that were measured, so that how "
        "endpoints are weighed makes no claim hold."
    )
    setup = published.setup
    said.append(
        f"The article loads {len(setup.endpoints)} endpoints with {setup.concurrent_users} users "
        f"for {setup.duration_s:.0f} s. It does not state: {join(setup.not_stated)}."
    )
    return said


def tally(claims: Sequence[Claim]) -> str:
    """How many claims there are of each verdict, in one sentence."""
    counts = {verdict: sum(c.verdict == verdict for c in claims) for verdict in SAID}
    parts = [f"{count} {SAID[verdict][count > 1]}" for verdict, count in counts.items() if count]
    return f"Of the article's {len(claims)} claims, {join(parts)}."
