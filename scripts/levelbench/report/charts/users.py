"""p95 latency by the number of users with think time: a row per step of the ladder."""

from dataclasses import dataclass, replace
from itertools import zip_longest
from statistics import fmean

from levelbench.analysis.derive import final_trials
from levelbench.analysis.estimates import estimate
from levelbench.model.estimate import Estimate
from levelbench.model.folder import Run
from levelbench.model.measurement import UserStep
from levelbench.model.results import Results
from levelbench.report.charts.rows import ends, estimate_row
from levelbench.report.plot import Plot, logarithmic, significant
from levelbench.report.standing import ordered
from levelbench.report.tables.cells import estimate_cell
from levelbench.report.tables.table import Cell, Column, Table
from levelbench.report.words import load_name

TEXT = (
    "p95 latency in milliseconds by the number of users, with 95% intervals, up to the first step "
    "that misses the objective. Less is better; the grey zone lies beyond the objective. A step "
    "that not every measurement reached has no value."
)


@dataclass(frozen=True)
class Users:
    """One step of the ladder, over a contestant's trials."""

    users: float
    """Mean over its trials: the ladder of each block is shifted by a part of a step."""
    trials: int
    throughput_rps: Estimate
    response_ms: Estimate
    think_ms: Estimate
    by_littles_law: Estimate
    latency_p95_ms: Estimate
    """Undefined unless every valid trial has it."""


def of_contestant(run: Run, workload: str, name: str) -> list[Users]:
    """The steps of a contestant over its valid trials, fewest users first."""
    trials = [
        trial.user_steps
        for trial in final_trials(run.trials)
        if trial.workload == workload and trial.label == name and trial.status == "valid"
    ]
    return [_at(steps) for steps in zip_longest(*trials)]


def _at(steps: tuple[UserStep | None, ...]) -> Users:
    reached = [step for step in steps if step]
    return Users(
        users=fmean(step.users for step in reached),
        trials=len(reached),
        throughput_rps=estimate([step.throughput_rps for step in reached]),
        response_ms=estimate([step.response_ms for step in reached], proportional=True),
        think_ms=estimate([step.think_ms for step in reached]),
        by_littles_law=estimate([step.by_littles_law for step in reached]),
        latency_p95_ms=estimate(
            [step.latency.p95_ms if step else None for step in steps], proportional=True
        ),
    )


def latencies(results: Results, run: Run, workload: str) -> tuple[Plot, ...]:
    """A panel per contestant, with a row per number of users."""
    objective = results.workloads[workload].parameters.objective_ms
    rows = {
        name: tuple(
            replace(
                estimate_row(
                    results.services[name], step.latency_p95_ms, None, "not reached by all"
                ),
                label=significant(round(step.users)),
            )
            for step in of_contestant(run, workload, name)
        )
        for name in ordered(results, workload)
    }
    values = [end for own in rows.values() for end in ends(own)]
    axis = logarithmic([*values, objective, 2 * objective if objective else None], "ms")
    if objective:
        axis = replace(axis, band=(objective, axis.high))
    return tuple(
        Plot(
            f"{workload}-{name}", f"{results.services[name].display_name}, by users", "", axis, own
        )
        for name, own in rows.items()
        if any(row.marks for row in own)
    )


def steps(results: Results, run: Run, workload: str) -> Table:
    """A row per contestant and number of users, with Little's law."""
    return Table(
        f"Latency by users: {load_name(workload)}",
        (
            Column("Contestant", numeric=False),
            Column("Users"),
            Column("Answered, requests/s"),
            Column("Response, ms"),
            Column("Think time, ms"),
            Column("Users by Little's law"),
            Column("p95 latency, ms"),
            Column("Measurements"),
        ),
        tuple(
            (
                Cell(results.services[name].display_name),
                Cell(significant(round(step.users))),
                estimate_cell(step.throughput_rps),
                estimate_cell(step.response_ms),
                estimate_cell(step.think_ms),
                estimate_cell(step.by_littles_law),
                estimate_cell(step.latency_p95_ms),
                Cell(str(step.trials)),
            )
            for name in ordered(results, workload)
            for step in of_contestant(run, workload, name)
        ),
        (
            "Response and think time: of all users within the measurement, per request. Little's "
            "law: users = throughput x (response + think time) (Little, Operations Research 9, "
            "1961). A measurement that misses it by more than 2% is void. The users of each round "
            "are shifted by a part of a step; their mean is shown.",
        ),
        folded=True,
    )
