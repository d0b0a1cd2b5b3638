"""Tables of the article's claims, figures and printed code, with this run's measurements."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations
from math import comb

from levelbench.analysis.claims import littleslaw, precision
from levelbench.analysis.claims.article import TOLERANCE, Article
from levelbench.analysis.claims.views import ALONE, THREE, Reading, View, figures, read
from levelbench.analysis.derive import final_trials
from levelbench.analysis.text import UNDEFINED, display_name, error_rate, number, percent
from levelbench.model.folder import Run
from levelbench.model.results import Results
from levelbench.model.vocabulary import ENDPOINTS
from levelbench.report import verdicts
from levelbench.report.tables.cells import ratio_cell
from levelbench.report.tables.table import Cell, Column, Table, Tone
from levelbench.report.verdicts import CLAIMS
from levelbench.report.words import display_names

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


def claims(results: Results, article: Article) -> Table:
    rules = ". ".join(
        f"{_verdict(verdict).text.capitalize()}: {rule}"
        for verdict, rule in article.verdicts.items()
    )
    return Table(
        "The article's claims",
        tuple(Column(label, numeric=False) for label in ("Claim", "Measured", "Verdict", "Reason")),
        tuple(
            (
                Cell(claim.claimed, claim.id),
                Cell(claim.measured),
                _verdict(claim.verdict),
                Cell(claim.why),
            )
            for claim in results.claims
        ),
        (f"{rules}.",),
    )


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
            needs = f"{needed:,} requests to {display_name(results, rarest)}"
            prospect = "yes" if _requests(results, rarest) >= needed else "no"
        else:
            continue
        rows.append((Cell(claim.text, claim.id), Cell(needs), Cell(prospect)))
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
    """Every pair in the three views; the first of a pair is faster in the article."""
    return _pairs("Throughput of every pair, in three views", results, article, THREE)


def alone(results: Results, article: Article) -> Table:
    """Every pair on each isolated endpoint; without rows where none was measured."""
    shown = [view for view in ALONE.values() if view.measured(results)]
    table = _pairs("Throughput of every pair, each endpoint by itself", results, article, shown)
    return replace(table, folded=True) if shown else Table(table.caption, (), ())


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
                Cell(" / ".join(display_names(results, (one, other)))),
                Cell(number(rates[one] / rates[other], 2)),
                *(_reading(read(results, view, METRIC, one, other)) for view in shown),
            )
            for one, other in combinations(order, 2)
        ),
        (
            "Ratios of throughput, computed round by round, with 95% intervals. The article gives "
            "one ratio over all endpoints, without an interval. Better or worse refers to the "
            "first of the pair.",
        ),
    )


def _reading(reading: Reading) -> Cell:
    if reading.ratio.value is None:
        return Cell(UNDEFINED, reading.silence, tone="muted")
    cell = ratio_cell(reading.ratio)
    outcome = reading.silence or verdicts.of(
        reading.outcome or "inconclusive", reading.ratio, METRIC
    )
    tone: Tone = "muted" if reading.silence or reading.shown is None else ""
    return Cell(cell.text, ", ".join(filter(None, (cell.detail, outcome))), tone=tone)


def little(results: Results, run: Run, article: Article) -> Table:
    """Little's law applied to the article's figures, and to this run."""
    users = article.setup.concurrent_users
    thoughts = {
        name: littleslaw.think_time_ms(users, row.throughput_rps, row.latency_mean_ms)
        for name, row in article.measured.items()
    }
    waiting = {
        name: littleslaw.in_flight(row.throughput_rps, row.latency_mean_ms)
        for name, row in article.measured.items()
    }
    return Table(
        "Little's law applied to the article's figures",
        (
            Column("Contestant", numeric=False),
            Column("Claimed throughput, requests/s"),
            Column("Claimed mean latency, ms"),
            Column("Requests in flight"),
            Column(f"Share of {users} users waiting"),
            Column(f"Implied think time with {users} users, ms"),
            Column("Share of users waiting in this run, lowest"),
        ),
        tuple(
            (
                Cell(display_name(results, name)),
                Cell(number(row.throughput_rps, 0)),
                Cell(number(row.latency_mean_ms, 0)),
                Cell(number(waiting[name], 1)),
                Cell(percent(waiting[name] / users)),
                Cell(number(thoughts[name], 0)),
                Cell(percent(_busy(run, name))),
            )
            for name, row in article.measured.items()
        ),
        (
            "In a closed loop, users = throughput x (latency + think time) (Little, Operations "
            f"Research 9, 1961). The implied think times range from {min(thoughts.values()):.0f} "
            f"to {max(thoughts.values()):.0f} ms. No single think time explains all four rows, "
            "unless failed requests waited long and are missing from the mean. The last column "
            "applies the same check to this run at full speed, without think time: a valid "
            "measurement has at least 97%.",
            _hashing(results, article),
        ),
    )


def _hashing(results: Results, article: Article) -> str:
    hashing, endpoints = article.setup.hashing, len(article.setup.endpoints)
    rate = article.measured[hashing.framework].throughput_rps
    cores = littleslaw.cores_for_hashing(rate, hashing.endpoints / endpoints, hashing.cpu_s)
    framework = display_name(results, hashing.framework)
    return (
        f"{hashing.endpoints} of the article's {endpoints} endpoints hash a password. With the "
        f"default hash of {framework}, about {hashing.cpu_s:.1f} s of CPU time each, an even mix "
        f"at {rate:.0f} requests/s would keep {cores:.0f} cores busy with hashing. The article "
        "states neither its mix nor its hash."
    )


def _busy(run: Run, name: str) -> float | None:
    """The lowest share over a contestant's valid trials of the closed workload."""
    shares = [
        trial.window.vus_busy_share
        for trial in final_trials(run.trials)
        if trial.workload == "closed"
        and trial.service == name
        and trial.status == "valid"
        and trial.window
        and trial.window.vus_busy_share is not None
    ]
    return min(shares, default=None)


def handlers(results: Results, article: Article) -> Table:
    """The article's printed list handlers: statements and returned data."""
    does = {True: "yes", False: "no"}
    cannot = [
        f"{display_name(results, name)}'s handler fails as printed: {handler.cannot_answer}."
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
                Cell(display_name(results, name)),
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
                Cell(display_name(results, name)),
                Cell(number(row.latency_p95_ms, 0)),
                Cell(error_rate(row.error_rate)),
                Cell(row.development_speed),
                Cell(row.recommended_for),
            )
            for name, row in article.measured.items()
        ),
        folded=True,
    )
