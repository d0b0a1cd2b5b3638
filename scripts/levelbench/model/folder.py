"""Read a run folder: run.json, trials, and what moved since the last run."""

from collections.abc import Iterable
from pathlib import Path

from levelbench.model.base import Model
from levelbench.model.count import CountRecord, PackageRecord, load_counts, load_packages
from levelbench.model.files import ResultsError, load
from levelbench.model.run import RunRecord, load_run_record
from levelbench.model.since import Since, load_since
from levelbench.model.trial import TRIAL_FILE, TRIAL_SCHEMA_VERSION, TrialRecord, folder_name


class Run(Model):
    """A run folder in memory: the record and its trials, by number and attempt."""

    record: RunRecord
    trials: tuple[TrialRecord, ...]
    since: Since | None = None
    """What moved since the last run of the series; None where it was not compared with one."""
    counts: tuple[CountRecord, ...] = ()
    """Counted instructions, by service and hash seed."""
    packages: tuple[PackageRecord, ...] = ()
    """The same by package, of one start of each service."""


def load_run(folder: Path) -> Run:
    """Read a run and every trial it has saved, ordered by number and attempt.

    A trial folder without trial.json was interrupted before it was saved, and is skipped. A
    complete run has every planned trial. Raises ResultsError.
    """
    record = load_run_record(folder)
    trials: Iterable[TrialRecord] = (
        load(path, TrialRecord, TRIAL_SCHEMA_VERSION)
        for path in (folder / "trials").glob(f"*/{TRIAL_FILE}")
    )
    ordered = sorted(trials, key=lambda trial: (trial.number, trial.attempt))
    for trial in ordered:
        if trial.service not in record.services:
            raise ResultsError(
                f"trial {trial.number} is of {trial.service!r}, which run.json does not have"
            )
    _require_planned(record, {trial.number for trial in ordered}, folder)
    return Run(
        record=record,
        trials=tuple(ordered),
        since=load_since(folder),
        counts=load_counts(folder),
        packages=load_packages(folder),
    )


def _require_planned(record: RunRecord, found: set[int], folder: Path) -> None:
    missing = [planned for planned in record.plan if planned.number not in found]
    if record.status != "complete" or not missing:
        return
    first = missing[0]
    name = folder_name(first.number, first.workload, first.label, 1)
    more = f" (and {len(missing) - 1} more)" if len(missing) > 1 else ""
    raise ResultsError(
        f"{folder / 'trials' / name / TRIAL_FILE} is missing{more}, and the run is complete",
        "Copy it from the machine that made the run: results without it would be wrong.",
    )
