"""The report: a pure function of a run's folder."""

from levelbench.report.build import build
from levelbench.report.paired import against_base, is_worse
from levelbench.report.paired import sentences as paired_sentences
from levelbench.report.terminal import ledger, terminal_table

__all__ = [
    "against_base",
    "build",
    "is_worse",
    "ledger",
    "paired_sentences",
    "terminal_table",
]
