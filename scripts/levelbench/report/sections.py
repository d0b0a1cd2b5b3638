"""The sections of the report in reading order, for Markdown and HTML alike."""

from collections.abc import Sequence
from dataclasses import replace

from levelbench.model import workloads
from levelbench.model.folder import Run
from levelbench.model.results import Results
from levelbench.report import article, charts, code, equal_work, guide, machine, production, trust
from levelbench.report.answer import found, main_workload
from levelbench.report.section import Section as Section
from levelbench.report.tables import (
    alone,
    contestants,
    detail,
    overview,
    pairs,
)
from levelbench.report.tables.table import Table, filled, folded
from levelbench.report.words import load_name

HEAD_TO_HEAD = "head-to-head"
"""Id of the section that compares contestants."""


def sections(results: Results, run: Run) -> list[Section]:
    """All sections after the answer, which is part 1."""
    main = main_workload(results)
    order = sorted(results.workloads, key=lambda workload: workload != main)
    parts = (
        _head_to_head(results, run, order),
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


def _head_to_head(results: Results, run: Run, order: Sequence[str]) -> Section:
    """All loads in one table, then each load."""
    all_loads = filled(overview.overview(results, order))
    each = [_workload(results, run, workload) for workload in order]
    part = Section(HEAD_TO_HEAD, "Head to head", tables=all_loads, sections=tuple(each))
    if len(each) != 1:
        return part
    # A single load needs no heading, and its answer is the report's.
    return replace(part, tables=each[0].tables, sections=())


def _workload(results: Results, run: Run, workload: str) -> Section:
    load = workloads.of(workload)
    compared = pairs.comparisons(results, workload, load.primary.name)
    if load.alone:  # every pair on every endpoint is long
        standings = (
            alone.each_endpoint(results, workload),
            alone.times_the_reference(results, workload),
        )
        long: tuple[Table, ...] = (compared,)
    else:
        standings = contestants.head_to_head(results, workload), compared
        long = ()
    return Section(
        f"{HEAD_TO_HEAD}-{workload}",
        f"Head to head: {load_name(workload)}",
        (found(results, run, workload),),
        (
            *filled(*standings),
            *folded(
                *long,
                detail.endpoints(results, workload),
                detail.resources(results, run, workload),
                detail.tasks(results, workload),
                pairs.exploratory(results, workload, load.primary.name),
            ),
        ),
    )
