"""The report: a pure function of a run's folder."""

from levelbench.report.build import build
from levelbench.report.terminal import ledger, terminal_table

__all__ = [
    "build",
    "ledger",
    "terminal_table",
]
