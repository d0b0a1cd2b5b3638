"""The noise floor: each workload's contestant against itself, and what that makes a tie."""

from collections.abc import Iterator

from levelbench.analysis import verdict
from levelbench.analysis.text import UNDEFINED, interval, number, percent
from levelbench.model import workloads
from levelbench.model.estimate import Estimate
from levelbench.model.folder import Run
from levelbench.model.results import Results
from levelbench.model.vocabulary import Endpoint
from levelbench.report.tables.table import Cell, Column, Table

PLACES = 3


def floors(results: Results, run: Run) -> Table:
    """A row a workload, and one an endpoint where each was alone; none where nothing ran against
    itself.
    """
    return Table(
        "Noise floor (A/A)",
        (
            Column("Load", numeric=False),
            Column("By", numeric=False),
            Column("Contestant", numeric=False),
            Column("Against itself"),
            Column("A difference counts from"),
        ),
        tuple(_rows(results, run)),
        (
            "One contestant ran twice in each block under two names. A difference counts from "
            f"{percent(run.record.tie_threshold, 0)} on; from the far end of the interval, where "
            "that leaves out 1 and so shows the lab to be uneven.",
        ),
    )


def _rows(results: Results, run: Run) -> Iterator[tuple[Cell, ...]]:
    for workload, measured in results.workloads.items():
        if measured.control is None:
            continue
        control, primary = measured.control, workloads.of(workload).primary.label
        if control.endpoints:
            yield _row(
                workload,
                f"{primary}, geometric mean over all endpoints",
                control.service,
                control.ratio,
                UNDEFINED,
            )
        alone: list[tuple[Endpoint | None, Estimate]] = [*control.endpoints.items()]
        for endpoint, ratio in alone or [(None, control.ratio)]:
            tie = verdict.tie_of(run.record.tie_threshold, ratio)
            yield _row(
                f"{workload}, {endpoint}" if endpoint else workload,
                primary,
                control.service,
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
