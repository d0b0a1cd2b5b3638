"""The article's claims, its figures and its printed code, beside what was measured."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations

from levelbench.analysis.claims import littleslaw
from levelbench.analysis.claims.article import Article
from levelbench.analysis.claims.views import ALONE, THREE, Reading, View, read
from levelbench.analysis.derive import final_trials
from levelbench.analysis.text import UNDEFINED, error_rate, number, percent
from levelbench.model.folder import Run
from levelbench.model.results import Results
from levelbench.report import verdicts
from levelbench.report.tables.cells import ratio_cell
from levelbench.report.tables.table import Cell, Column, Table, Tone

METRIC = "throughput_rps"

WORDS: dict[str, str] = {
    "holds": "holds",
    "direction_only": "holds in direction only",
    "does_not_hold": "does not hold",
    "not_measurable": "cannot be measured",
    "inconsistent": "contradicts the article itself",
    "not_measured": "not measured in this run",
}
TONES: dict[str, Tone] = {
    "holds": "good",
    "does_not_hold": "bad",
    "inconsistent": "bad",
    "not_measurable": "muted",
    "not_measured": "muted",
}


def claims(results: Results, article: Article) -> Table:
    rules = "; ".join(f"{WORDS[verdict]}: {rule}" for verdict, rule in article.verdicts.items())
    return Table(
        "The article's claims",
        tuple(Column(label, numeric=False) for label in ("Claimed", "Measured", "Verdict", "Why")),
        tuple(
            (
                Cell(claim.claimed, claim.id),
                Cell(claim.measured),
                Cell(WORDS.get(claim.verdict, claim.verdict), tone=TONES.get(claim.verdict, "")),
                Cell(claim.why),
            )
            for claim in results.claims
        ),
        (f"Verdicts. {rules[:1].upper()}{rules[1:]}.",),
    )


def views(results: Results, article: Article) -> Table:
    """Every pair of the article in the three views, the one that it reports as faster first."""
    return _pairs("Throughput of every pair, in three views", results, article, THREE)


def alone(results: Results, article: Article) -> Table:
    """The same on each endpoint alone; without rows where none was."""
    shown = [view for view in ALONE.values() if view.measured(results)]
    table = _pairs("Throughput of every pair, each endpoint alone", results, article, shown)
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
                Cell(f"{one} / {other}"),
                Cell(number(rates[one] / rates[other], 2)),
                *(_reading(read(results, view, METRIC, one, other)) for view in shown),
            )
            for one, other in combinations(order, 2)
        ),
        (
            "Ratios of throughput, block by block, with their 95% intervals. The article gives one "
            "over all endpoints, and no interval. Better or worse is said of the first of a pair.",
        ),
    )


def _reading(reading: Reading) -> Cell:
    if reading.ratio.value is None:
        return Cell(UNDEFINED, reading.silence, tone="muted")
    cell = ratio_cell(reading.ratio)
    said = reading.silence or verdicts.of(reading.outcome or "inconclusive", reading.ratio, METRIC)
    tone: Tone = "muted" if reading.silence or reading.shown is None else ""
    return Cell(cell.text, ", ".join(filter(None, (cell.detail, said))), tone=tone)


def little(run: Run, article: Article) -> Table:
    """The article's rows through Little's law, and the same check of this run's own."""
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
        "The article's figures through Little's law",
        (
            Column("Contestant", numeric=False),
            Column("Claimed throughput, requests/s"),
            Column("Claimed latency mean, ms"),
            Column("Requests in flight"),
            Column(f"Share of {users} users that wait"),
            Column(f"Think time implied at {users} users, ms"),
            Column("Share of users that wait in this run, lowest"),
        ),
        tuple(
            (
                Cell(name),
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
            f"Research 9, 1961). The think times implied reach from {min(thoughts.values()):.0f} "
            f"to {max(thoughts.values()):.0f} ms: no single one explains the four rows, unless "
            "failed requests waited long and were left out of the mean. The last column is this "
            "lab's own check of the same law, under the closed load without think time: at least "
            "97% in a valid trial.",
            _hashing(article),
        ),
    )


def _hashing(article: Article) -> str:
    hashing, endpoints = article.setup.hashing, len(article.setup.endpoints)
    rate = article.measured[hashing.framework].throughput_rps
    cores = littleslaw.cores_for_hashing(rate, hashing.endpoints / endpoints, hashing.cpu_s)
    return (
        f"{hashing.endpoints} of the article's {endpoints} endpoints hash a password. At the cost "
        f"that {hashing.framework} ships, about {hashing.cpu_s:.1f} s of processor time a hash, an "
        f"even mix at {rate:.0f} requests a second would keep {cores:.0f} cores busy with hashing; "
        "the article states neither its mix nor its hash."
    )


def _busy(run: Run, name: str) -> float | None:
    """The lowest of its valid trials under the closed load."""
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


def handlers(article: Article) -> Table:
    """What the list handlers that the article prints do."""
    does = {True: "yes", False: "no"}
    cannot = [
        f"{name} cannot answer: {handler.cannot_answer}."
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
                Cell(name),
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
            "Total: whether all orders are counted; order: whether rows are sorted, without which "
            "pages are not stable; JWT: whether the token is checked.",
            *cannot,
            "In this lab each of them runs the same: a count, the orders with user and items, and "
            "one look-up of the user whose token it is; make verify counts them.",
        ),
    )


def recommendations(article: Article) -> Table:
    """What the article concludes; nothing of it is measured."""
    return Table(
        "What the article says of each",
        (
            Column("Contestant", numeric=False),
            Column("Latency p95, ms"),
            Column("Errors"),
            Column("Development", numeric=False),
            Column("Recommended for", numeric=False),
        ),
        tuple(
            (
                Cell(name),
                Cell(number(row.latency_p95_ms, 0)),
                Cell(error_rate(row.error_rate)),
                Cell(row.development_speed),
                Cell(row.recommended_for),
            )
            for name, row in article.measured.items()
        ),
        folded=True,
    )
