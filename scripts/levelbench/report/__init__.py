"""The report: a pure function of a run's folder."""

from rich.console import Group, RenderableType
from rich.text import Text

from levelbench.report import tables
from levelbench.report.build import build
from levelbench.report.numbers import ratio_interval
from levelbench.results import Results

__all__ = ["build", "terminal_table"]


def terminal_table(results: Results) -> RenderableType:
    """The head-to-head of each workload, for the terminal."""
    if not results.workloads:
        return Text("Nothing was measured.")
    return Group(*(part for name in results.workloads for part in _workload(results, name)))


def _workload(results: Results, name: str) -> list[RenderableType]:
    table = tables.to_rich(tables.head_to_head(results, name, tables.IN_TERMINAL))
    control = results.workloads[name].control
    if control is None:
        return [table]
    noise = ratio_interval(control.ratio)
    return [table, Text(f"Noise floor: {control.service} against itself came out as {noise}.")]
