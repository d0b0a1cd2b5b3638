"""The table of checks, with each contestant's worst measurement."""

from collections.abc import Iterable, Sequence
from typing import Literal

from levelbench.analysis.derive import final_trials
from levelbench.analysis.text import UNDEFINED, percent
from levelbench.model import windows, workloads
from levelbench.model.folder import Run
from levelbench.model.results import Results
from levelbench.model.trial import TrialRecord, TrialStatus
from levelbench.model.windows import MeasuredWindow
from levelbench.report.standing import ordered
from levelbench.report.tables.table import Cell, Column, Table
from levelbench.report.words import load_name

STATUSES: dict[TrialStatus, str] = {
    "valid": "valid",
    "invalid": "discarded",
    "failed": "failed",
}


def validity(results: Results, run: Run, workload: str) -> Table:
    """Each contestant's worst measurement for each limit."""
    rows = []
    alone = workloads.of(workload).alone
    for name in ordered(results, workload):
        own = [t for t in final_trials(run.trials) if t.workload == workload and t.service == name]
        counts = {word: sum(t.status == s for t in own) for s, word in STATUSES.items()}
        measured = [window for trial in own for window in windows.of(trial)]
        status = ", ".join(f"{n} {s}" for s, n in counts.items() if n) or "none"
        rows.append(
            (
                Cell(results.services[name].display_name),
                Cell(status, tone="bad" if counts["failed"] or counts["discarded"] else "good"),
                Cell(percent(_least(w.vus_busy_share for w in measured))),
                Cell(percent(_share(measured, "k6"), 0)),
                Cell(percent(_share(measured, "postgres"), 0)),
                Cell(percent(_throttled(measured))),
                Cell(percent(_foreign(measured, run))),
                _rows_written(own),
            )
        )
    return Table(
        f"Checks: {load_name(workload)}",
        (
            Column("Contestant", numeric=False),
            Column("Measurements", numeric=False),
            Column("Users kept busy, lowest"),
            Column("Load generator's CPU share, highest"),
            Column("PostgreSQL's CPU share, highest"),
            Column("Time throttled, highest"),
            Column("Other programs on its core, highest"),
            Column("Rows written match responses", numeric=False),
        ),
        tuple(rows),
        (
            "The worst measurement of each contestant, second measurements included"
            + ("; the worst endpoint of each measurement." if alone else ".")
            + " docs/method.md has the limit of each check.",
        ),
    )


def _known(values: Iterable[float | None]) -> list[float]:
    return [value for value in values if value is not None]


def _least(values: Iterable[float | None]) -> float | None:
    return min(_known(values), default=None)


def _share(
    measured: Sequence[MeasuredWindow], container: Literal["k6", "postgres"]
) -> float | None:
    shares = (w.uses[container].cpu_share_of_limit for w in measured if container in w.uses)
    return max(_known(shares), default=None)


def _throttled(measured: Sequence[MeasuredWindow]) -> float | None:
    """Highest share of a window in which the contestant's CPU was throttled."""
    return max(
        (
            throttled_ms / 1e3 / w.seconds
            for w in measured
            if w.seconds
            and "service" in w.uses
            and (throttled_ms := w.uses["service"].throttled_ms) is not None
        ),
        default=None,
    )


def _foreign(measured: Sequence[MeasuredWindow], run: Run) -> float | None:
    own = run.record.environment.topology["service"]
    shares = (w.cores[own].foreign_share for w in measured if own in w.cores)
    return max(_known(shares), default=None)


def _rows_written(trials: Sequence[TrialRecord]) -> Cell:
    rows = [trial.rows for trial in trials if trial.rows]
    if not rows:
        return Cell(UNDEFINED, tone="muted")
    equal = all(
        r.users_added == r.registrations_201 and r.tasks_added == r.invoices_202 for r in rows
    )
    return Cell("yes", tone="good") if equal else Cell("no", tone="bad")
