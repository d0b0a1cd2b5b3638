"""live.html: a run while it runs. The page asks for `State` again and again, until it holds the
last one itself."""

import csv
import json
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import Literal

from markupsafe import Markup

from levelbench.model.base import Amount, Count, Model
from levelbench.model.run import RunRecord, RunStatus
from levelbench.model.trial import SECONDS_FILE, TrialRecord
from levelbench.report import html

FILE = "live.html"
SHOWN_S = 120
"""Measured seconds of a contestant that the chart shows, the last ones."""

Seconds = Mapping[str, Sequence[float]]
"""Label -> requests/s in each measured second of its trials, in their order."""


class TrialState(Model):
    """One trial of the plan, in its last attempt."""

    workload: str
    block: Count
    label: str
    status: Literal["planned", "measuring", "valid", "invalid", "failed"]
    figures: str
    """Empty until there are some."""


class State(Model):
    """What the page shows."""

    run_id: str
    """Empty until the run has a folder."""
    status: RunStatus
    doing: str
    elapsed_s: Amount
    remaining_s: Amount | None
    trials: tuple[TrialState, ...]
    seconds: dict[str, tuple[float, ...]]
    findings: tuple[str, ...]
    """Causes of the run's and of its trials' findings, the last ones first."""
    rounds: Count
    """Blocks that the report has: another number means another report."""


class Reader:
    """Requests/s by second of the trials of a run, each file of which is read once."""

    def __init__(self) -> None:
        self._read: dict[Path, tuple[float, ...]] = {}

    def seconds(self, folder: Path, trials: Sequence[TrialRecord]) -> dict[str, tuple[float, ...]]:
        """The last `SHOWN_S` of each label's valid trials, in the folder of a run."""
        found: dict[str, tuple[float, ...]] = {}
        for trial in trials:
            if trial.status == "valid":
                own = found.get(trial.label, ()) + self._of(folder, trial)
                found[trial.label] = own[-SHOWN_S:]
        return found

    def _of(self, folder: Path, trial: TrialRecord) -> tuple[float, ...]:
        path = folder / "trials" / trial.folder_name / SECONDS_FILE
        if path not in self._read:
            self._read[path] = read_seconds(path)
        return self._read[path]


def read_seconds(path: Path) -> tuple[float, ...]:
    """Requests/s of each second; none where the trial has no such file."""
    if not path.exists():
        return ()
    with path.open(encoding="utf-8", newline="") as file:
        return tuple(float(row["requests_per_second"]) for row in csv.DictReader(file))


def trial_states(
    record: RunRecord,
    trials: Sequence[TrialRecord],
    under_way: Collection[int],
    figures: Callable[[TrialRecord], str],
) -> tuple[TrialState, ...]:
    """Every planned trial, with its main figures; of one that was made again, the last attempt."""
    made = {trial.number: trial for trial in trials}
    return tuple(
        TrialState(
            workload=one.workload,
            block=one.block,
            label=one.label,
            status=(
                "measuring"
                if one.number in under_way
                else made[one.number].status
                if one.number in made
                else "planned"
            ),
            figures=(
                figures(made[one.number])
                if one.number in made and one.number not in under_way
                else ""
            ),
        )
        for one in record.plan
    )


def findings(record: RunRecord, trials: Sequence[TrialRecord]) -> tuple[str, ...]:
    """Errors of trials, then the run's findings, the last of each first, none twice."""
    of_trials = (
        f"{trial.label}, round {trial.block}: {finding.cause}"
        for trial in reversed(trials)
        for finding in trial.findings
        if finding.severity == "error"
    )
    of_run = (finding.cause for finding in reversed(record.findings))
    return tuple(dict.fromkeys((*of_trials, *of_run)))


def render(state: State | None) -> str:
    """The page: of one state, which it then shows for good, or of a server's `state.json`."""
    return (
        html.environment()
        .get_template("live.html.j2")
        .render(
            state=Markup("null") if state is None else embedded(state),
            style=html.source("report.css", "live.css"),
            script=html.source("live.js"),
        )
        + "\n"
    )


def embedded(state: State) -> Markup:
    """JSON that no text in it can end early within a script element."""
    return Markup(json.dumps(state.model_dump(mode="json")).replace("<", "\\u003c"))
