"""Accepted background tasks: completed or lost, and their lag, from the times in their rows.

`created_at` is written by the contestant before the row is committed, and so before the answer 202;
`finished_at` by its worker, with the result. Both are times of the one clock that all containers
of an engine share, as is the load generator's window; `verify` compares them with PostgreSQL's.
"""

import csv
import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from levelbench.load.summary import Bounds
from levelbench.model.percentile import required_observations
from levelbench.model.trial import TaskSummary


@dataclass(frozen=True)
class Task:
    """One row of the table `tasks`."""

    status: str
    created_epoch_ms: float
    finished_epoch_ms: float | None
    """None until it has succeeded or failed."""

    @property
    def succeeded(self) -> bool:
        return self.status == "succeeded"

    def open_at(self, moment_epoch_ms: float) -> bool:
        """Whether it was accepted before then, and not finished."""
        return self.created_epoch_ms < moment_epoch_ms and (
            self.finished_epoch_ms is None or self.finished_epoch_ms >= moment_epoch_ms
        )


def parse(table: str) -> list[Task]:
    """The rows that `Database.task_table` has given."""
    return [
        Task(
            row["status"],
            float(row["created_epoch_ms"]),
            float(row["finished_epoch_ms"]) if row["finished_epoch_ms"] else None,
        )
        for row in csv.DictReader(table.splitlines())
    ]


def figures(tasks: Sequence[Task], accepted: int, windows: Sequence[Bounds]) -> TaskSummary:
    """Compare with the answers: lost = answered 202 and never completed.

    `accepted` counts the answers 202 of the whole load, warm-up included. Without a window only
    the counts are known; of several the last one's end is the load's.
    """
    completed = sum(task.succeeded for task in tasks)
    counts = {"accepted": accepted, "completed": completed, "lost": max(0, accepted - completed)}
    if not windows:
        return TaskSummary(**counts)
    lags_ms = _lags_ms(tasks, windows)
    end_epoch_ms = windows[-1].end_epoch_ms
    return TaskSummary(
        **counts,
        lag_p50_ms=_percentile(lags_ms, 50),
        lag_p95_ms=_percentile(lags_ms, 95),
        open_at_end=sum(task.open_at(end_epoch_ms) for task in tasks),
        drain_s=_drain_s(tasks, end_epoch_ms),
    )


def _lags_ms(tasks: Iterable[Task], windows: Sequence[Bounds]) -> list[float]:
    """From acceptance within the window to the result, of those that have one. None at all when the
    clock was set back meanwhile: then lags are unknown."""
    lags_ms = [
        task.finished_epoch_ms - task.created_epoch_ms
        for task in tasks
        if task.succeeded
        and task.finished_epoch_ms is not None
        and any(w.start_epoch_ms <= task.created_epoch_ms < w.end_epoch_ms for w in windows)
    ]
    return lags_ms if min(lags_ms, default=0) >= 0 else []


def _percentile(values: Sequence[float], percentile: int) -> float | None:
    """By linear interpolation between the closest ranks, as k6 has it (Hyndman and Fan, "Sample
    quantiles in statistical packages", Am. Stat. 50, 1996: definition 7); None for too few."""
    if len(values) < required_observations(percentile):
        return None
    return round(statistics.quantiles(values, n=100, method="inclusive")[percentile - 1], 3)


def _drain_s(tasks: Iterable[Task], end_epoch_ms: float) -> float | None:
    """How long after the window's end the last task that was accepted before it was finished; None
    when one never was."""
    left = [task.finished_epoch_ms for task in tasks if task.open_at(end_epoch_ms)]
    finished = [moment for moment in left if moment is not None]
    if len(finished) < len(left):
        return None
    return round((max(finished, default=end_epoch_ms) - end_epoch_ms) / 1e3, 3)
