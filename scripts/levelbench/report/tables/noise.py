"""The A/A control of each workload, and the tie threshold that follows."""

from collections.abc import Iterator

from levelbench.analysis import verdict
from levelbench.analysis.text import UNDEFINED, interval, number, percent
from levelbench.model import workloads
from levelbench.model.estimate import Estimate
from levelbench.model.folder import Run
from levelbench.model.results import Results
from levelbench.model.vocabulary import Endpoint
from levelbench.report.tables.table import Cell, Column, Table
from levelbench.report.words import load_name

PLACES = 3


def floors(results: Results, run: Run) -> Table:
    """A row per workload, or per isolated endpoint; none without an A/A control."""
    return Table(
        "Noise: one contestant measured twice (A/A control)",
        (
            Column("Load", numeric=False),
            Column("Metric", numeric=False),
            Column("Contestant", numeric=False),
            Column("Ratio to itself"),
            Column("Tie threshold"),
        ),
        tuple(_rows(results, run)),
        (
            "One contestant is measured twice in each round under two names. Differences below "
            f"{percent(run.record.tie_threshold, 0)} count as ties. If the interval excludes 1, "
            "the lab is biased, and the farther end of the interval is the threshold, if larger.",
        ),
    )


def _rows(results: Results, run: Run) -> Iterator[tuple[Cell, ...]]:
    for workload, measured in results.workloads.items():
        if measured.control is None:
            continue
        control, primary = measured.control, workloads.of(workload).primary.label
        load, shown = load_name(workload), results.services[control.service].display_name
        if control.endpoints:
            yield _row(
                load,
                f"{primary}, geometric mean over all endpoints",
                shown,
                control.ratio,
                UNDEFINED,
            )
        alone: list[tuple[Endpoint | None, Estimate]] = [*control.endpoints.items()]
        for endpoint, ratio in alone or [(None, control.ratio)]:
            tie = verdict.tie_of(run.record.tie_threshold, ratio)
            yield _row(
                f"{load}, {endpoint}" if endpoint else load,
                primary,
                shown,
                ratio,
                percent(tie.threshold),
            )


def _row(load: str, by: str, service: str, ratio: Estimate, counts_from: str) -> tuple[Cell, ...]:
    return Cell(load), Cell(by), Cell(service), _ratio_cell(ratio), Cell(counts_from)


def _ratio_cell(ratio: Estimate) -> Cell:
    if ratio.value is None:
        return Cell(UNDEFINED, tone="muted")
    bounds = ratio.confidence_interval
    uneven = bounds is not None and not bounds.low <= 1 <= bounds.high
    return Cell(number(ratio.value, PLACES), interval(ratio, PLACES), tone="bad" if uneven else "")
