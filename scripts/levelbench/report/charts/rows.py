"""Rows of chart data, with the same fields for every estimate."""

from typing import Any

import altair as alt

from levelbench.analysis.text import TOO_FEW, interval
from levelbench.model.estimate import Estimate

Row = dict[str, Any]

NO_INTERVAL = TOO_FEW


def row(estimate: Estimate, **more: Any) -> Row:
    """Value and interval; both ends are null without an interval."""
    bounds = estimate.confidence_interval
    return {
        **more,
        "value": estimate.value,
        "low": bounds.low if bounds else None,
        "high": bounds.high if bounds else None,
        "interval": interval(estimate) or NO_INTERVAL,
    }


def on_logarithmic_axis(found: Row) -> Row:
    """Drop an interval that reaches 0, which a logarithmic axis cannot show."""
    return found if found["low"] else {**found, "low": None, "high": None}


def contestants(rows: list[Row]) -> alt.Y:
    """A row per contestant, in the order of the data."""
    return alt.Y("contestant:N", sort=names(rows), title=None)


def layers(rows: list[Row], *parts: alt.Chart, whiskers: alt.Chart) -> alt.LayerChart:
    """Stack the parts, with the whiskers below the last one.

    Without intervals there are no whiskers: an empty layer would be an image without a description.
    """
    *below, top = parts
    have_intervals = any(row["low"] is not None for row in rows)
    return alt.LayerChart(layer=[*below, *([whiskers] if have_intervals else []), top])


def names(rows: list[Row]) -> list[str]:
    return list(dict.fromkeys(row["contestant"] for row in rows))


CONTESTANT = alt.Tooltip("contestant:N", title="Contestant")
INTERVAL = alt.Tooltip("interval:N", title="95% interval")
