"""Table cells for an estimate, a ratio or a share.

`figure` is the place of an estimate in results.json.
"""

from levelbench.analysis.text import (
    UNDEFINED,
    interval,
    percent,
    ratio_interval,
    ratio_places,
    share_interval,
    value_text,
)
from levelbench.model.estimate import Estimate
from levelbench.report.tables.table import Cell


def estimate_cell(estimate: Estimate | None, figure: str | None = None) -> Cell:
    if estimate is None or estimate.value is None:
        return Cell(UNDEFINED, tone="muted", figure=figure)
    return Cell(value_text(estimate), interval(estimate), figure=figure)


def ratio_cell(estimate: Estimate) -> Cell:
    if estimate.value is None:
        return Cell(UNDEFINED, tone="muted")
    return Cell(value_text(estimate, ratio_places(estimate.value)), ratio_interval(estimate))


def share_cell(estimate: Estimate | None, figure: str | None = None) -> Cell:
    if estimate is None or estimate.value is None:
        return Cell(UNDEFINED, tone="muted", figure=figure)
    return Cell(percent(estimate.value), share_interval(estimate), figure=figure)
