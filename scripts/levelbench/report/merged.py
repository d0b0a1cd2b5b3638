"""Tables of the merged samples of several load generators, for the terminal."""

from levelbench.analysis.text import number
from levelbench.model.merged import Merged, Metric
from levelbench.report.tables.table import Cell, Column, Table, filled

TREND = ("count", "med", "p(95)", "p(99)", "max")


def tables(merged: Merged) -> tuple[Table, ...]:
    """Trends with their percentiles, then all other metrics, and the load generators."""
    trends = {name: each for name, each in merged.metrics.items() if each.type == "trend"}
    others = {name: each for name, each in merged.metrics.items() if each.type != "trend"}
    return filled(
        Table(
            "Trends (times in ms)",
            (Column("Metric", numeric=False), *(Column(name) for name in TREND)),
            tuple((Cell(name), *_trend(each)) for name, each in trends.items()),
        ),
        Table(
            "Other metrics",
            (Column("Metric", numeric=False), Column("Value"), Column("Per second")),
            tuple((Cell(name), *_other(each)) for name, each in others.items()),
            () if merged.duration_s else ("Rates per second need --summary for each file.",),
        ),
        Table(
            "Load generators",
            (Column("File", numeric=False), Column("Samples"), Column("Seconds")),
            tuple(
                (Cell(each.file), Cell(f"{each.samples:,}"), Cell(number(each.duration_s)))
                for each in merged.generators
            ),
        ),
    )


def _trend(metric: Metric) -> list[Cell]:
    return [Cell(number(metric.values[name], 0 if name == "count" else None)) for name in TREND]


def _other(metric: Metric) -> tuple[Cell, Cell]:
    values = metric.values
    if metric.type == "counter":
        return Cell(number(values["count"], 0)), Cell(number(values["rate"]))
    if metric.type == "rate":
        rate = values["rate"] or 0.0
        total = (values["passes"] or 0) + (values["fails"] or 0)
        return Cell(f"{rate:.1%} of {total:,.0f}"), Cell("")
    return Cell(f"{number(values['min'])} to {number(values['max'])}"), Cell("")
