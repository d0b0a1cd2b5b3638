"""The report: a pure function of a run's folder."""

from levelbench.report.build import build
from levelbench.report.terminal import instructions_table, ledger, terminal_table

__all__ = [
    "build",
    "instructions_table",
    "ledger",
    "terminal_table",
]
