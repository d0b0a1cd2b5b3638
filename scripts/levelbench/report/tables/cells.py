"""Table cells for an estimate, a ratio or a share.

`figure` is the place of an estimate in results.json.
"""

from levelbench.analysis.text import (
    BOUNDS,
    UNDEFINED,
    interval,
    percent,
    share_interval,
    value_text,
)
from levelbench.model.estimate import Estimate
from levelbench.report.plot import change
from levelbench.report.tables.table import Cell
from levelbench.report.words import percent_places, percent_range


def estimate_cell(estimate: Estimate | None, figure: str | None = None) -> Cell:
    if estimate is None or estimate.value is None:
        return Cell(UNDEFINED, tone="muted", figure=figure)
    return Cell(value_text(estimate), interval(estimate), figure=figure)


def change_cell(ratio: Estimate, figure: str | None = None, reading: str = "change") -> Cell:
    """A ratio as percent of change: `+12%` with `5 to 18%`."""
    if ratio.value is None:
        return Cell(UNDEFINED, tone="muted")
    bounds = ratio.confidence_interval
    places = percent_places(bounds.low - 1, bounds.high - 1) if bounds else None
    return Cell(
        BOUNDS[ratio.bound] + change(ratio.value, places),
        percent_range(bounds.low - 1, bounds.high - 1) if bounds else None,
        figure=figure,
        reading=reading if figure else "",
    )


def share_cell(estimate: Estimate | None, figure: str | None = None) -> Cell:
    if estimate is None or estimate.value is None:
        return Cell(UNDEFINED, tone="muted", figure=figure)
    return Cell(percent(estimate.value), share_interval(estimate), figure=figure)
