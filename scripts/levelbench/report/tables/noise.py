"""The A/A control of each workload: how much contestants differ from themselves."""

from collections.abc import Iterator
from dataclasses import replace

from levelbench.analysis.text import UNDEFINED, percent
from levelbench.model import workloads
from levelbench.model.estimate import Estimate
from levelbench.model.results import Results
from levelbench.report.tables.cells import change_cell
from levelbench.report.tables.table import Cell, Column, Table, pointer
from levelbench.report.words import display_names, join, load_name


def floors(results: Results) -> Table:
    """A row per workload, or per isolated endpoint; none without an A/A control."""
    tie = percent(results.statistics.tie_threshold, 0)
    return Table(
        "Noise: contestants measured twice",
        (
            Column("Load", numeric=False),
            Column("Metric", numeric=False),
            Column("Contestant", numeric=False),
            Column("Differed from itself by"),
        ),
        tuple(_rows(results)),
        (
            "In each round one contestant is measured twice under two names. The differences of "
            "all rounds are pooled: they show the noise and the bias of the lab. An interval that "
            f"excludes 0 shows a bias. Differences between contestants under {tie} are ties in any "
            "case.",
        ),
        folded=True,
    )


def _rows(results: Results) -> Iterator[tuple[Cell, ...]]:
    for workload, measured in results.workloads.items():
        if measured.control is None:
            continue
        control, primary = measured.control, workloads.of(workload).primary.label
        load, place = load_name(workload), ("workloads", workload, "control")
        shown = join(display_names(results, control.services)) or UNDEFINED
        if control.endpoints:
            over_all = f"{primary}, geometric mean over all endpoints"
            yield _row(load, over_all, shown, control.ratio, pointer(*place, "ratio"))
            for endpoint, ratio in control.endpoints.items():
                at = pointer(*place, "endpoints", endpoint)
                yield _row(f"{load}, {endpoint}", primary, shown, ratio, at)
        else:
            yield _row(load, primary, shown, control.ratio, pointer(*place, "ratio"))


def _row(load: str, by: str, services: str, ratio: Estimate, figure: str) -> tuple[Cell, ...]:
    bounds = ratio.confidence_interval
    uneven = bounds is not None and not bounds.low <= 1 <= bounds.high
    difference = change_cell(ratio, figure)
    return (
        Cell(load),
        Cell(by),
        Cell(services),
        replace(difference, tone="bad") if uneven else difference,
    )
