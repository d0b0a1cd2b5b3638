"""Rows and panels of estimates, contestant by contestant."""

from collections.abc import Iterable

from levelbench.analysis.text import TOO_FEW, UNDEFINED, interval, value_text
from levelbench.model.estimate import Estimate
from levelbench.model.results import ServiceSummary
from levelbench.model.vocabulary import COMPARED
from levelbench.report.plot import Mark, Row


def estimate_row(
    summary: ServiceSummary, estimate: Estimate | None, figure: str | None, missing: str = ""
) -> Row:
    """A dot with its interval. Without a value a dash, and why it is missing, so that small
    multiples keep the order of their rows.

    References and exhibits are grey.
    """
    if estimate is None or estimate.value is None:
        return Row(summary.display_name, (), UNDEFINED, missing, figure, "muted")
    shown, bounds = interval(estimate), estimate.confidence_interval
    mark = Mark(
        "hollow" if estimate.bound else "filled",
        estimate.value,
        bounds.low if bounds else None,
        bounds.high if bounds else None,
        title=f"{value_text(estimate)} ({shown or TOO_FEW})",
    )
    return Row(
        summary.display_name,
        (mark,),
        value_text(estimate),
        shown or "",
        figure,
        "" if summary.role in COMPARED else "muted",
    )


def ends(rows: Iterable[Row]) -> list[float | None]:
    """All values and bounds of these rows, which their axis must hold."""
    marks = [mark for row in rows for mark in row.marks]
    return [end for mark in marks for end in (mark.value, mark.low, mark.high)]
