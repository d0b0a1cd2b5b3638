"""Cells that more than one table has: an estimate, a ratio, a share."""

from levelbench.report.numbers import (
    UNDEFINED,
    interval,
    number,
    percent,
    ratio_interval,
    ratio_places,
    share_interval,
)
from levelbench.report.tables.table import Cell
from levelbench.results import Estimate


def estimate_cell(estimate: Estimate | None) -> Cell:
    if estimate is None or estimate.value is None:
        return Cell(UNDEFINED, tone="muted")
    return Cell(number(estimate.value), interval(estimate))


def ratio_cell(estimate: Estimate) -> Cell:
    if estimate.value is None:
        return Cell(UNDEFINED, tone="muted")
    return Cell(number(estimate.value, ratio_places(estimate.value)), ratio_interval(estimate))


def share_cell(estimate: Estimate | None) -> Cell:
    if estimate is None or estimate.value is None:
        return Cell(UNDEFINED, tone="muted")
    return Cell(percent(estimate.value), share_interval(estimate))
