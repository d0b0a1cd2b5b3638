"""Little's law applied to the article's figures, and to this run's."""

from levelbench.analysis.claims import littleslaw
from levelbench.analysis.claims.article import Article
from levelbench.analysis.claims.views import name_of
from levelbench.analysis.derive import final_trials
from levelbench.analysis.text import number, percent
from levelbench.model.folder import Run
from levelbench.model.results import Results
from levelbench.report.tables.table import Cell, Column, Table


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
                Cell(name_of(results, name)),
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
        folded=True,
    )


def _hashing(results: Results, article: Article) -> str:
    hashing, endpoints = article.setup.hashing, len(article.setup.endpoints)
    rate = article.measured[hashing.framework].throughput_rps
    cores = littleslaw.cores_for_hashing(rate, hashing.endpoints / endpoints, hashing.cpu_s)
    framework = name_of(results, hashing.framework)
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
