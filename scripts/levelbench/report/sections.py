"""The sections of the report in reading order, for Markdown and HTML alike."""

from levelbench.model.folder import Run
from levelbench.model.results import Results
from levelbench.report import article, charts, code, equal_work, guide, machine, production, trust
from levelbench.report.answer import main_workload
from levelbench.report.section import Section as Section
from levelbench.report.tables import overview
from levelbench.report.tables.table import filled

HEAD_TO_HEAD = "head-to-head"
"""Id of the section that compares contestants."""


def sections(results: Results, run: Run) -> list[Section]:
    """All sections after the answer, which is part 1."""
    main = main_workload(results)
    order = sorted(results.workloads, key=lambda workload: workload != main)
    parts = (
        Section(HEAD_TO_HEAD, "Head to head", tables=filled(overview.overview(results, order))),
        charts.section(results, run, order),
        article.section(results, run),
        code.section(results, run),
        production.section(results, run),
        guide.section(results, run),
        equal_work.section(results, run),
        trust.section(results, run, order),
        machine.section(results, run, order),
    )
    return [part for part in parts if not part.is_empty]
