"""Tables of the article's claims, figures and printed code, with this run's measurements."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations
from math import comb

from levelbench.analysis.claims import precision
from levelbench.analysis.claims.article import TOLERANCE, Article, PublishedClaim
from levelbench.analysis.claims.views import (
    ALONE,
    NOT_MEASURED,
    THREE,
    View,
    figures,
    name_of,
    read,
)
from levelbench.analysis.text import error_rate, number
from levelbench.model.folder import Run
from levelbench.model.results import Claim, Results
from levelbench.model.vocabulary import ENDPOINTS
from levelbench.report import claimed, verdicts
from levelbench.report.plot import change
from levelbench.report.tables.table import Cell, Column, Link, Table, Tone
from levelbench.report.verdicts import CLAIMS
from levelbench.report.words import capital, join

METRIC = "throughput_rps"

TONES: dict[str, Tone] = {
    "holds": "good",
    "does_not_hold": "bad",
    "opposite": "bad",
    "undecided": "muted",
    "inconsistent": "bad",
    "not_measurable": "muted",
    "not_measured": "muted",
}


def about(article: Article) -> Table:
    """What the article is, and what it does not state."""
    setup = article.setup
    lines = {
        "Its page": Cell("", links=(Link(article.url.removeprefix("https://"), article.url),)),
        "Its test": Cell(
            f"{len(setup.endpoints)} endpoints, {setup.concurrent_users} users, "
            f"{setup.duration_s:.0f} s"
        ),
        "It does not state": Cell(join(setup.not_stated)),
    }
    return Table(
        "What the article is",
        (Column("Property", numeric=False), Column("Value", numeric=False)),
        tuple((Cell(name), cell) for name, cell in lines.items()),
    )


def claims(results: Results, article: Article) -> Table:
    """A row for each claim: a sentence for each pair that it names, or what was counted."""
    known = {claim.id: claim for claim in article.claims}
    rules = ". ".join(
        f"{_verdict(verdict).text.capitalize()}: {rule}"
        for verdict, rule in article.verdicts.items()
    )
    return Table(
        "The claims, one by one",
        tuple(Column(label, numeric=False) for label in ("Claim", "Verdict", "This run")),
        tuple(
            (
                Cell(published.text if (published := known.get(claim.id)) else claim.claimed),
                _verdict(claim.verdict),
                _found(results, claim, published),
            )
            for claim in results.claims
        ),
        (f"{rules}.",),
        folded=True,
    )


def _found(results: Results, claim: Claim, published: PublishedClaim | None) -> Cell:
    if published is None:
        return Cell(claim.measured, claim.why)
    if published.kind not in claimed.VIEWS:
        return Cell(capital(claim.measured), published.remark)
    found = claimed.measured(results, published)
    if all(one.reading.absent for one in found):
        return Cell(capital(f"{NOT_MEASURED}."), published.remark)
    return Cell(f"{'. '.join(claimed.sentence(results, one) for one in found)}.", published.remark)


def prospects(results: Results, run: Run, article: Article) -> Table:
    """The claims that the plan of the run can decide, from the expected half-widths."""
    contestants = sum(service.role == "contestant" for service in run.record.services.values())
    expected = [
        (view.title(results), _expected(run, view.workload, blocks, pairs))
        for view in (asked.of(results) for asked in THREE)
        if (blocks := _blocks(run, view.workload))
        for pairs in [comb(contestants, 2) * (len(ENDPOINTS) if view.endpoint else 1)]
    ]
    widths = [width for _, width in expected]
    narrow = all(width is not None for width in widths) and bool(widths)
    worst = max((width for width in widths if width is not None), default=None)
    rows = []
    for claim in article.claims:
        if claim.kind == "ratio":
            needs = f"a half-width below {TOLERANCE:.0%}"
            prospect = precision.prospect(worst if narrow else None)
        elif claim.kind == "errors":
            rates = {name: row.error_rate for name, row in article.measured.items()}
            rarest = min(rates, key=lambda name: rates[name])
            needed = precision.requests_needed(rates[rarest], len(rates))
            needs = f"{number(needed)} requests to {name_of(results, rarest)}"
            prospect = "yes" if _requests(results, rarest) >= needed else "no"
        else:
            continue
        rows.append((Cell(claim.text), Cell(needs), Cell(prospect)))
    shown = ", ".join(
        f"{title} {'none' if width is None else f'{width:.1%}'}" for title, width in expected
    )
    return Table(
        "Which claims this run could confirm",
        tuple(Column(label, numeric=False) for label in ("Claim", "Needs", "Could confirm it")),
        tuple(rows),
        (
            f"Expected half-widths from the number of planned rounds: {shown or 'none'}. They "
            f"assume ratios that vary by {precision.BLOCK_DEVIATION:.1%} between rounds, as "
            "measured with one contestant under two names. Perhaps: the expected interval fits "
            "into the claim, but only around its middle. Refuting a claim takes less precision.",
        ),
        folded=True,
    )


def _expected(run: Run, workload: str, blocks: int, pairs: int) -> float | None:
    """The expected half-width: of all planned rounds, or the target at which a run ends earlier."""
    width, aim = precision.half_width(blocks, pairs), run.record.precision
    return max(width, aim.target) if width and aim and aim.workload == workload else width


def _blocks(run: Run, workload: str) -> int:
    return len({planned.block for planned in run.record.plan if planned.workload == workload})


def _requests(results: Results, name: str) -> int:
    """The lowest number of a contestant's requests over the views."""
    counts = [
        found.errors.requests if found.errors else 0
        for view in (asked.of(results) for asked in THREE)
        if (measured := view.measured(results)) and (service := measured.services.get(name))
        if (found := figures(view, service))
    ]
    return min(counts, default=0)


def _verdict(verdict: str) -> Cell:
    text = CLAIMS[verdict][0].removeprefix("is ") if verdict in CLAIMS else verdict
    return Cell(text, tone=TONES.get(verdict, ""))


def views(results: Results, article: Article) -> Table:
    """Every pair in the views that were measured; the first of a pair is faster in the article."""
    shown = [view for asked in THREE if (view := asked.of(results)).measured(results)]
    return _pairs("Throughput of every pair, in each mix", results, article, shown)


def alone(results: Results, article: Article) -> Table:
    """Every pair on each isolated endpoint; without rows where none was measured."""
    shown = [view for view in ALONE.values() if view.measured(results)]
    return _pairs("Throughput of every pair, each endpoint by itself", results, article, shown)


def _pairs(caption: str, results: Results, article: Article, shown: Sequence[View]) -> Table:
    rates = {name: row.throughput_rps for name, row in article.measured.items()}
    order = sorted(rates, key=lambda name: -rates[name])
    return Table(
        caption,
        (
            Column("Pair", numeric=False),
            Column("The article"),
            *(Column(view.title(results).capitalize()) for view in shown),
        ),
        tuple(
            (
                Cell(f"{name_of(results, one)} v {name_of(results, other)}"),
                Cell(change(rates[one] / rates[other])),
                *(_reading(results, view, one, other) for view in shown),
            )
            for one, other in combinations(order, 2)
            if shown
        ),
        (
            "How many more requests the first one served, compared round by round, with 95% "
            "intervals. The article gives one ratio over all endpoints, without an interval.",
        ),
        folded=True,
    )


def _reading(results: Results, view: View, one: str, other: str) -> Cell:
    reading = read(results, view, METRIC, one, other)
    cell = claimed.cell(results, reading, METRIC, one, other)
    if reading.ratio.value is None:
        return cell
    outcome = reading.silence or verdicts.of(
        reading.outcome or "inconclusive", reading.ratio, METRIC
    )
    tone: Tone = "muted" if reading.silence or not reading.shown else ""
    if cell.detail is None:  # without an interval, the only small print is the outcome
        return Cell(cell.text, outcome, tone)
    return replace(cell, note=outcome, tone=tone)


def handlers(results: Results, article: Article) -> Table:
    """The article's printed list handlers: statements and returned data."""
    does = {True: "yes", False: "no"}
    cannot = [
        f"{name_of(results, name)}'s handler fails as printed: {handler.cannot_answer}."
        for name, handler in article.handlers.items()
        if handler.cannot_answer
    ]
    return Table(
        "What the article's printed list handlers do",
        tuple(
            Column(label, numeric=False)
            for label in ("Contestant", "Statements", "User", "Items", "Total", "Order", "JWT")
        ),
        tuple(
            (
                Cell(name_of(results, name)),
                Cell(f"{len(handler.statements)}: {', '.join(handler.statements)}"),
                Cell(handler.user),
                Cell(handler.items),
                *(
                    Cell(does[done], tone="" if done else "muted")
                    for done in (handler.total_count, handler.order_by, handler.jwt_check)
                ),
            )
            for name, handler in article.handlers.items()
        ),
        (
            "Total: all orders are counted. Order: rows are sorted; without that, pages are not "
            "stable. JWT: the token is checked.",
            *cannot,
            "In this lab all contestants run the same statements: a count, the orders with user "
            "and items, and a look-up of the token's user. make verify counts them.",
        ),
        folded=True,
    )


def recommendations(results: Results, article: Article) -> Table:
    """The article's conclusions, which this lab does not measure."""
    return Table(
        "The article's conclusions",
        (
            Column("Contestant", numeric=False),
            Column("p95 latency, ms"),
            Column("Errors"),
            Column("Development", numeric=False),
            Column("Recommended for", numeric=False),
        ),
        tuple(
            (
                Cell(name_of(results, name)),
                Cell(number(row.latency_p95_ms, 0)),
                Cell(error_rate(row.error_rate)),
                Cell(row.development_speed),
                Cell(row.recommended_for),
            )
            for name, row in article.measured.items()
        ),
        folded=True,
    )
