"""Rows of a chart's data: what every chart says of an estimate in the same words."""

from typing import Any

import altair as alt

from levelbench.analysis.text import interval
from levelbench.model.estimate import Estimate

Row = dict[str, Any]

NO_INTERVAL = "fewer than 3 trials"


def row(estimate: Estimate, **more: Any) -> Row:
    """Value and interval; both ends null where there is none."""
    bounds = estimate.confidence_interval
    return {
        **more,
        "value": estimate.value,
        "low": bounds.low if bounds else None,
        "high": bounds.high if bounds else None,
        "interval": interval(estimate) or NO_INTERVAL,
    }


def on_logarithmic_axis(found: Row) -> Row:
    """An interval that reaches to 0 has no end on that axis: the dot stands alone."""
    return found if found["low"] else {**found, "low": None, "high": None}


def contestants(rows: list[Row]) -> alt.Y:
    """A line for each contestant, in the order of the rows."""
    return alt.Y("contestant:N", sort=names(rows), title=None)


def layers(rows: list[Row], *parts: alt.Chart, whiskers: alt.Chart) -> alt.LayerChart:
    """The parts with the whiskers over them but under the last; without those where no row has an
    interval: a layer without a mark is a picture without a description."""
    *below, top = parts
    have_intervals = any(row["low"] is not None for row in rows)
    return alt.LayerChart(layer=[*below, *([whiskers] if have_intervals else []), top])


def names(rows: list[Row]) -> list[str]:
    return list(dict.fromkeys(row["contestant"] for row in rows))


CONTESTANT = alt.Tooltip("contestant:N", title="Contestant")
INTERVAL = alt.Tooltip("interval:N", title="95% interval")
