"""The report: a pure function of a run's folder."""

from rich.console import Group, RenderableType
from rich.text import Text

from levelbench.report import tables
from levelbench.report.build import build
from levelbench.results import Results

__all__ = ["build", "terminal_table"]


def terminal_table(results: Results) -> RenderableType:
    """The head-to-head of each workload, for the terminal."""
    if not results.workloads:
        return Text("Nothing was measured.")
    return Group(
        *(
            tables.to_rich(tables.head_to_head(results, workload, tables.IN_TERMINAL))
            for workload in results.workloads
        )
    )
