"""The section "Does the article hold?": its claims compared with this run."""

from collections.abc import Sequence

from levelbench.analysis.claims.article import Article, article
from levelbench.analysis.claims.views import unusable
from levelbench.model.folder import Run
from levelbench.model.results import Claim, Results
from levelbench.report import as_published, claimed
from levelbench.report.section import Section
from levelbench.report.tables import article as tables
from levelbench.report.tables import littleslaw
from levelbench.report.tables.table import filled
from levelbench.report.verdicts import CLAIMS
from levelbench.report.words import join, number_word

VIEWS = (
    "A claim must hold in every mix that the run measured (all endpoints, without sign-in, the "
    "list only), so that no choice of mix can rescue it."
)


def section(results: Results, run: Run) -> Section:
    published = article()
    drawn = claimed.plot(results, published)
    exhibits = as_published.section(results, run)
    return Section(
        "claims",
        "Does the article hold?",
        tuple(_text(results, published)),
        plots=(drawn,) if drawn else (),
        tables=filled(
            tables.about(published),
            tables.claims(results, published),
            tables.prospects(results, run, published),
            tables.views(results, published),
            tables.alone(results, published),
            littleslaw.little(results, run, published),
            tables.handlers(results, published),
            tables.recommendations(results, published),
        ),
        sections=(exhibits,) if exhibits.tables else (),
    )


def _text(results: Results, published: Article) -> list[str]:
    date = f"{published.published:%d %B %Y}" if published.published else "date not known"
    text = (
        f"“{published.title}” ({published.publisher}, {date}) makes "
        f"{number_word(len(published.claims))} claims about "
        f"{number_word(len(published.measured))} frameworks"
    )
    counted = f"{text}: {tally(results.claims)}." if results.claims else f"{text}."
    silence = unusable(results)
    return [counted, f"This run decides none of them: {silence}." if silence else VIEWS]


def tally(claims: Sequence[Claim]) -> str:
    """`one holds, two hold in direction only and seven cannot be measured`."""
    counts = {verdict: sum(claim.verdict == verdict for claim in claims) for verdict in CLAIMS}
    return join(
        [
            f"{number_word(count)} {CLAIMS[verdict][count > 1]}"
            for verdict, count in counts.items()
            if count
        ]
    )
