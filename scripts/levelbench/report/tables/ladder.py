"""The table of latency at each offered rate of a capacity measurement."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest
from statistics import fmean

from levelbench.analysis.derive import final_trials
from levelbench.analysis.estimates import estimate
from levelbench.analysis.text import UNDEFINED
from levelbench.model.estimate import Estimate
from levelbench.model.folder import Run
from levelbench.model.measurement import Step
from levelbench.model.results import Results
from levelbench.report.plot import significant
from levelbench.report.standing import ordered
from levelbench.report.tables.cells import estimate_cell
from levelbench.report.tables.table import Cell, Column, Table
from levelbench.report.words import load_name


@dataclass(frozen=True)
class OfferedRate:
    """One step of the ladder, and its result over a contestant's trials."""

    offered_rps: float
    """Mean over its trials: the ladder of each block is shifted by a part of a step."""
    lowest_rps: float
    highest_rps: float
    trials: int
    """Trials that were offered this rate."""
    dropped_in: int
    """Trials that could not send every request in time; they have no latency."""
    throughput_rps: Estimate
    latency_p50_ms: Estimate
    latency_p95_ms: Estimate
    """Undefined unless every valid trial has it: trials that failed at a lower rate, and were not
    offered this one, would have been the slowest."""


def of_contestant(run: Run, workload: str, name: str) -> list[OfferedRate]:
    """The steps offered to a contestant over its valid trials, lowest first."""
    trials = [
        trial
        for trial in final_trials(run.trials)
        if trial.workload == workload and trial.label == name and trial.status == "valid"
    ]
    return [_at(steps) for steps in zip_longest(*(trial.steps for trial in trials))]


def _at(steps: Sequence[Step | None]) -> OfferedRate:
    offered = [step for step in steps if step]
    rates = [step.offered_rps for step in offered]
    return OfferedRate(
        offered_rps=fmean(rates),
        lowest_rps=min(rates),
        highest_rps=max(rates),
        trials=len(offered),
        dropped_in=sum(step.dropped_iterations > 0 for step in offered),
        throughput_rps=estimate([step.throughput_rps for step in offered]),
        latency_p50_ms=estimate([step.latency.p50_ms if step else None for step in steps]),
        latency_p95_ms=estimate([step.latency.p95_ms if step else None for step in steps]),
    )


def _offered(step: OfferedRate) -> Cell:
    mean, lowest, highest = (
        significant(round(rate)) for rate in (step.offered_rps, step.lowest_rps, step.highest_rps)
    )
    return Cell(mean, f"{lowest} to {highest}" if lowest != highest else None)


def steps(results: Results, run: Run, workload: str) -> Table:
    """A row per contestant and rate."""
    rows = [
        (
            Cell(results.services[name].display_name),
            _offered(step),
            estimate_cell(step.throughput_rps),
            estimate_cell(step.latency_p50_ms),
            estimate_cell(step.latency_p95_ms),
            Cell(str(step.trials)),
            Cell(
                str(step.dropped_in) if step.dropped_in else UNDEFINED,
                tone="bad" if step.dropped_in else "muted",
            ),
        )
        for name in ordered(results, workload)
        for step in of_contestant(run, workload, name)
    ]
    return Table(
        f"Latency by offered rate: {load_name(workload)}",
        (
            Column("Contestant", numeric=False),
            Column("Offered, requests/s"),
            Column("Answered, requests/s"),
            Column("p50 latency, ms"),
            Column("p95 latency, ms"),
            Column("Measurements at this rate"),
            Column("With dropped requests"),
        ),
        tuple(rows),
        (
            "A measurement stops at the first rate that misses the objective. Latency is shown "
            "where every measurement has it; one with dropped requests has none. The rates of each "
            "round are shifted by a part of a step; their mean is shown, with their range.",
        ),
        folded=True,
    )
