"""Charts of ladders: the highest rate, or the most users, within the objective, and latency by
offered rate."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from statistics import fmean

from levelbench.model import workloads
from levelbench.model.folder import Run
from levelbench.model.metrics import CAPACITY, USERS
from levelbench.model.results import Results
from levelbench.model.vocabulary import COMPARED
from levelbench.report.charts.rows import ends, estimate_row
from levelbench.report.plot import Plot, Row, linear, logarithmic, significant
from levelbench.report.standing import ordered
from levelbench.report.tables import ladder
from levelbench.report.tables.ladder import OfferedRate
from levelbench.report.tables.table import pointer

PANELS = 6
"""Offered rates that have a panel, of up to 20."""
NOT_KNOWN = "not known"
MORE = {
    CAPACITY.name: (
        "Requests/s",
        "The highest offered rate up to which also no request is dropped and errors are few",
    ),
    USERS.name: (
        "Users",
        "The most users with think time up to whom also errors are few",
    ),
}


def rates(results: Results, workload: str) -> tuple[Plot, ...]:
    """One plot: the capacity or the users of each contestant. Empty if none has a value."""
    services, primary = results.workloads[workload].services, workloads.of(workload).primary
    if primary.name not in MORE:
        return ()
    what, more = MORE[primary.name]
    rows = tuple(
        estimate_row(
            results.services[name],
            services[name].estimate(primary),
            pointer("workloads", workload, "services", name, primary.name),
            NOT_KNOWN,
        )
        for name in ordered(results, workload)
        if services[name].trials
    )
    if not any(row.marks for row in rows):
        return ()
    aim = results.workloads[workload].parameters.aim
    return (
        Plot(
            f"{workload}-rate",
            f"{what} {aim.words if aim else ''}",
            f"{more}, with 95% intervals. More is better.",
            linear(ends(rows), primary.unit),
            rows,
        ),
    )


def latency_text(results: Results, workload: str) -> str:
    objective = results.workloads[workload].parameters.objective_ms
    zone = f"The grey zone lies beyond the objective, {objective} ms. " if objective else ""
    return (
        "p95 latency in milliseconds at some of the offered rates, with 95% intervals. Less is "
        f"better. {zone}All panels share one logarithmic axis. A contestant has no value at a rate "
        "that was not offered to it in every measurement, or where requests were dropped."
    )


def panels(results: Results, run: Run, workload: str) -> tuple[Plot, ...]:
    """A panel for some of the offered rates, all with the same rows: from the lowest to the highest
    at which a contestant has a latency; the baselines reach higher. Empty where each contestant was
    offered rates of its own."""
    if results.workloads[workload].parameters.steps_rps is None:
        return ()
    services = results.workloads[workload].services
    steps = {
        name: ladder.of_contestant(run, workload, name)
        for name in ordered(results, workload)
        if services[name].trials
    }
    held = [
        place
        for name, own in steps.items()
        for place, step in enumerate(own)
        if step.latency_p95_ms.value is not None and results.services[name].role in COMPARED
    ]
    places = spread(max(held) + 1) if held else []

    def row(name: str, place: int) -> Row:
        step = steps[name][place] if place < len(steps[name]) else None
        return estimate_row(
            results.services[name],
            step.latency_p95_ms if step else None,
            None,
            _why_not(step, services[name].trials),
        )

    rows = {place: tuple(row(name, place) for name in steps) for place in places}
    objective = results.workloads[workload].parameters.objective_ms
    values = [end for own in rows.values() for end in ends(own)]
    axis = logarithmic([*values, objective, 2 * objective if objective else None], "ms")
    if objective:
        axis = replace(axis, band=(objective, axis.high))
    return tuple(
        Plot(
            f"{workload}-at-{place}",
            f"At {significant(round(_offered(steps.values(), place)))} requests/s",
            "",
            axis,
            rows[place],
        )
        for place in places
    )


def _why_not(step: OfferedRate | None, trials: int) -> str:
    """Why a contestant has no latency at a rate."""
    if step is None:
        return "not offered"
    if step.dropped_in:
        return f"dropped in {step.dropped_in} of {trials}"
    if step.trials < trials:
        return f"offered in {step.trials} of {trials}"
    return "too few requests"


def _offered(steps: Iterable[Sequence[OfferedRate]], place: int) -> float:
    return fmean(own[place].offered_rps for own in steps if place < len(own))


def spread(count: int) -> list[int]:
    """Up to PANELS of `count` places, the first and the last of them, evenly spread."""
    if count <= PANELS:
        return list(range(count))
    return [round(panel * (count - 1) / (PANELS - 1)) for panel in range(PANELS)]
