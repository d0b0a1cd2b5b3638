"""The sections of the report in reading order, for Markdown and HTML alike."""

import shlex
from collections.abc import Sequence
from dataclasses import replace

from levelbench.model import workloads
from levelbench.model.folder import Run
from levelbench.model.results import Results
from levelbench.report import article, charts, code, guide, production
from levelbench.report.answer import found, main_workload
from levelbench.report.section import Section as Section
from levelbench.report.tables import (
    alone,
    checks,
    contestants,
    detail,
    evidence,
    ledger,
    noise,
    overview,
    pairs,
    provenance,
)
from levelbench.report.tables.table import Table
from levelbench.report.words import join, load_name

HEAD_TO_HEAD = "head-to-head"
"""Id of the section that compares contestants."""

NOTHING_AMISS = "All checks passed."


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
        _trust(results, run, order),
    )
    return [part for part in parts if not part.is_empty]


def rerun(results: Results, run: Run) -> str:
    """The command that repeats the run."""
    services = dict.fromkeys(planned.service for planned in run.record.plan)
    asked = run.record.choices
    target, chosen = "bench", {"PROFILE": results.profile, "SEED": str(results.seed)}
    if asked.base:
        target = "bench-paired"
        chosen |= {"SERVICE": next(iter(run.record.services)), "BASE": asked.base}
    else:  # sorted, since the plan lists them in the order of the first block
        chosen["SERVICES"] = ",".join(sorted(services))
    chosen["WORKLOAD"] = asked.workload
    chosen["MIX"] = asked.mix if asked.mix != "journey" else ""
    chosen["PRECISION"] = f"{100 * aim.target:g}%" if (aim := run.record.precision) else ""
    chosen["SCALE"] = str(asked.scale) if asked.scale != 1 else ""
    assignments = (f"{key}={shlex.quote(value)}" for key, value in chosen.items() if value)
    return f"make {target} {' '.join(assignments)}"


def _head_to_head(results: Results, run: Run, order: Sequence[str]) -> Section:
    """All loads in one table, then each load."""
    all_loads = _filled(overview.overview(results, order))
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
            *_filled(*standings),
            *_folded(
                *long,
                detail.endpoints(results, workload),
                detail.resources(results, run, workload),
                detail.tasks(results, workload),
                pairs.exploratory(results, workload, load.primary.name),
            ),
        ),
    )


def _trust(results: Results, run: Run, workloads: Sequence[str]) -> Section:
    text = unknown_noise(results)
    if not results.findings:
        text.append(NOTHING_AMISS)
    return Section(
        "trust",
        "Can you trust it?",
        tuple(text),
        (
            *_filled(evidence.findings(results), noise.floors(results, run)),
            *_filled(*(checks.validity(results, run, workload) for workload in workloads[:1])),
            *_folded(
                *(checks.validity(results, run, workload) for workload in workloads[1:]),
                ledger.parity(run.record.parity),
                evidence.order(run),
                *(provenance.parameters(results, workload) for workload in workloads),
                provenance.environment(run),
                provenance.versions(run),
                provenance.images(run),
            ),
        ),
        command=rerun(results, run),
    )


def unknown_noise(results: Results) -> list[str]:
    """A sentence on the loads without an A/A control, if any."""
    without = [
        load_name(name) for name, measured in results.workloads.items() if measured.control is None
    ]
    if not without:
        return []
    return [f"{join(without)}: no contestant was measured twice, so the noise is unknown."]


def _filled(*candidates: Table) -> tuple[Table, ...]:
    return tuple(table for table in candidates if table.rows)


def _folded(*candidates: Table) -> tuple[Table, ...]:
    """Evidence that is closed in HTML until the reader opens it."""
    return tuple(replace(table, folded=True) for table in _filled(*candidates))
