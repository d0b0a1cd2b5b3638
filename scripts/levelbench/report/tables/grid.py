"""The grid of measurements: each planned trial of a load, discarded ones with their reason."""

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import NamedTuple

from levelbench.analysis.derive import final_trials
from levelbench.analysis.text import UNDEFINED, percent
from levelbench.model import windows, workloads
from levelbench.model.folder import Run
from levelbench.model.results import Results
from levelbench.model.run import PlannedTrial
from levelbench.model.trial import TrialRecord
from levelbench.report.plot import change
from levelbench.report.standing import ordered
from levelbench.report.status import LOST_TO
from levelbench.report.tables.contestants import ROLE_NOTES
from levelbench.report.tables.table import Cell, Column, Dot, Link, Table
from levelbench.report.words import load_name, noun

RANGE = 0.10
"""The deviation at the upper and the lower end of a cell."""
MOST_WITH_DECIMALS = 12
"""Columns beyond which a cell has no room for a decimal."""
NOT_RUN = "not run"
ELSEWHERE = "another attempt of the round counts"
TWINS = "Measured twice"


class Place(NamedTuple):
    """A column: one attempt of a round."""

    block: int
    attempt: int

    @property
    def heading(self) -> str:
        return str(self.block) + {1: "", 2: " again"}.get(self.attempt, f" again ({self.attempt})")


def cell_id(number: int, attempt: int) -> str:
    """The id of a measurement's cell."""
    return f"m{number}" + (f"-{attempt}" if attempt > 1 else "")


def finding_id(code: str) -> str:
    """The id of the row of a check's findings."""
    return "finding-" + re.sub(r"[^a-z0-9]+", "-", code.lower()).strip("-")


def measurements(results: Results, run: Run, workload: str) -> Table:
    """A row per contestant, a column per attempt of a round; other programs' CPU time beneath."""
    planned = [one for one in run.record.plan if one.workload == workload]
    trials = [trial for trial in run.trials if trial.workload == workload]
    attempts = {(one.block, 1) for one in planned} | {(t.block, t.attempt) for t in trials}
    places = [Place(*found) for found in sorted(attempts)]
    shown = _Grid(
        {(trial.number, Place(trial.block, trial.attempt)): trial for trial in trials},
        {(trial.number, trial.attempt) for trial in final_trials(trials)},
        _Levels.of(trials, workload),
        Counter(code for trial in trials for code in _errors(trial)),
        len(places) <= MOST_WITH_DECIMALS,
    )
    rows = []
    for name in (*ordered(results, workload), *_unmeasured(results, planned, workload)):
        own = {one.block: one for one in planned if one.label == name}
        summary = results.services[name]
        header = Cell(summary.display_name, ROLE_NOTES.get(summary.role))
        rows.append((header, *(shown.cell(own.get(place.block), place) for place in places)))
    twins = [one for one in planned if one.label != one.service]
    if twins:
        rows.append((Cell(TWINS), *(shown.twins(results, twins, place) for place in places)))
    if rows:
        rows.append((Cell("The whole round"), *(shown.level(place) for place in places)))
        rows.append((Cell("Other programs, of a core"), *(shown.foreign(p) for p in places)))
    return Table(
        f"Every measurement: {load_name(workload)}",
        (Column("Contestant", numeric=False), *(Column(place.heading) for place in places)),
        tuple(rows),
        (
            f"A column is a round. A dot is a measurement: its {_metric(workload)} compared with "
            "the contestant's average and with the rest of its round. 0% is as usual; the upper "
            f"and the lower end of a cell are {change(1 + RANGE)} and {change(1 - RANGE)}.",
            "Hollow with ✕: discarded, with the check that found why. Other programs: the largest "
            "share of a core of the lab that programs outside of it used in the round.",
        ),
        layout="grid",
    )


def _unmeasured(results: Results, planned: Sequence[PlannedTrial], workload: str) -> list[str]:
    """Contestants that were planned and have no results under the load."""
    known = results.workloads[workload].services
    return sorted({one.service for one in planned} - known.keys())


def _metric(workload: str) -> str:
    load = workloads.of(workload)
    label = noun(load.primary.label)
    return f"{label}, the geometric mean of the endpoints," if load.alone else label


@dataclass(frozen=True)
class _Levels:
    """How measurements are on average: each contestant, and each round against that."""

    values: Mapping[tuple[int, int], float]
    """Number and attempt of a trial -> the logarithm of its value."""
    averages: Mapping[str, float]
    """Contestant -> the mean over those that count, or over all where none counts."""
    rounds: Mapping[Place, float]
    """Attempt of a round -> the mean deviation of its contestants; none with fewer than two."""

    @classmethod
    def of(cls, trials: Sequence[TrialRecord], workload: str) -> "_Levels":
        counted = [trial for trial in final_trials(trials) if trial.status == "valid"]
        values = {
            (trial.number, trial.attempt): value
            for trial in trials
            if (value := _value(trial, workload)) is not None
        }
        own: dict[str, list[float]] = {}
        for among in (counted, trials):
            found: dict[str, list[float]] = {}
            for trial in among:
                if not trial.is_control and (trial.number, trial.attempt) in values:
                    value = values[trial.number, trial.attempt]
                    found.setdefault(trial.service, []).append(value)
            own = found | own
        averages = {name: fmean(known) for name, known in own.items()}
        deviations: dict[Place, list[float]] = {}
        for trial in trials:
            value = values.get((trial.number, trial.attempt))
            if value is not None and not trial.is_control:
                place = Place(trial.block, trial.attempt)
                deviations.setdefault(place, []).append(value - averages[trial.service])
        rounds = {place: fmean(found) for place, found in deviations.items() if len(found) > 1}
        return cls(values, averages, rounds)

    def deviation(self, trial: TrialRecord) -> float | None:
        """By which factor a measurement is above what is usual for its contestant and round."""
        value = self.values.get((trial.number, trial.attempt))
        if value is None or trial.service not in self.averages:
            return None
        level = self.rounds.get(Place(trial.block, trial.attempt), 0.0)
        return math.exp(value - self.averages[trial.service] - level)


def _value(trial: TrialRecord, workload: str) -> float | None:
    """The logarithm of the load's primary metric; over isolated endpoints, their mean."""
    load = workloads.of(workload)
    read = load.primary.read
    assert read is not None
    found = (
        [read(trial, endpoint) for endpoint in trial.endpoints]
        if load.alone
        else [read(trial, None)]
    )
    known = [math.log(value) for value in found if value and math.isfinite(value)]
    return fmean(known) if known and len(known) == len(found) else None


@dataclass(frozen=True)
class _Grid:
    trials: Mapping[tuple[int, Place], TrialRecord]
    final: set[tuple[int, int]]
    levels: _Levels
    errors: Counter[str]
    """Check -> how many trials it voided: of several reasons, a cell names the most frequent."""
    is_fine: bool
    """Whether there is room for a decimal."""

    def cell(self, planned: PlannedTrial | None, place: Place, name: str | None = None) -> Cell:
        """One measurement; `name`: of the contestant, where the row has several."""
        if planned is None:
            return Cell("")
        trial = self.trials.get((planned.number, place))
        if trial is None:
            if place.attempt > 1:
                return Cell("")
            return Cell(NOT_RUN, name, "muted", anchor=cell_id(planned.number, 1))
        deviation = self.levels.deviation(trial)
        text = UNDEFINED if deviation is None else self.text(deviation)
        anchor = cell_id(trial.number, trial.attempt)
        counts = (trial.number, trial.attempt) in self.final
        if counts and trial.status == "valid":
            dot = None if deviation is None else Dot("filled", _height(deviation))
            return Cell(text, name, anchor=anchor, dot=dot)
        failed = trial.status == "failed"
        code = max(_errors(trial), key=lambda code: self.errors[code], default=None)
        links = (Link(LOST_TO.get(code, code), f"#{finding_id(code)}"),) if code else ()
        why = None if links else "failed" if failed else ELSEWHERE
        return Cell(
            f"✕ {text}",
            ", ".join(filter(None, (name, why))) or None,
            "bad" if failed else "muted",
            links=links,
            anchor=anchor,
            dot=Dot("failed" if failed else "discarded", _height(deviation or 1.0)),
        )

    def twins(self, results: Results, twins: Sequence[PlannedTrial], place: Place) -> Cell:
        """The second measurement of one contestant in the round."""
        own = next((one for one in twins if one.block == place.block), None)
        return self.cell(own, place, results.services[own.service].display_name if own else None)

    def text(self, ratio: float) -> str:
        return change(ratio, 1 if self.is_fine and abs(ratio - 1) < 0.0995 else 0)

    def level(self, place: Place) -> Cell:
        """How fast the round was, compared with the average."""
        found = self.levels.rounds.get(place)
        return Cell(UNDEFINED, tone="muted") if found is None else Cell(self.text(math.exp(found)))

    def foreign(self, place: Place) -> Cell:
        """The largest share of a core that other programs used in the round."""
        own = [trial for (_, at), trial in self.trials.items() if at == place]
        shares = [
            use.foreign_share
            for trial in own
            for window in windows.of(trial)
            for use in window.cores.values()
            if use.foreign_share is not None
        ]
        if not shares:
            return Cell(UNDEFINED, tone="muted")
        disturbed = any(f.code == "noisy-neighbour" for trial in own for f in trial.findings)
        return Cell(percent(max(shares), 0), tone="bad" if disturbed else "")


def _errors(trial: TrialRecord) -> list[str]:
    return sorted({f.code for f in trial.findings if f.severity == "error"})


def _height(ratio: float) -> float:
    return min(1.0, max(0.0, 0.5 + (ratio - 1) / (2 * RANGE)))
