"""The order of the report, as a reader asks; Markdown and HTML follow it alike."""

import shlex
from collections.abc import Iterable
from itertools import chain

from levelbench import comparison, workloads
from levelbench.records import Run
from levelbench.report import as_published, charts
from levelbench.report.answer import found, main_workload
from levelbench.report.numbers import interval, number, ratio_interval
from levelbench.report.section import Section as Section
from levelbench.report.tables import (
    alone,
    checks,
    contestants,
    detail,
    evidence,
    ledger,
    pairs,
    provenance,
)
from levelbench.report.tables.table import Table
from levelbench.results import Control, Results


def sections(results: Results, run: Run, *, draw: bool = False) -> list[Section]:
    """Everything after the answer. Charts are drawn only when asked for: it takes a second."""
    main = main_workload(results)
    order = sorted(results.workloads, key=lambda workload: workload != main)
    measured = chain.from_iterable(_workload(results, run, name, draw=draw) for name in order)
    return [
        section
        for section in (
            *measured,
            *_claims(results),
            as_published.section(results, run),
            _trust(results, run, order),
        )
        if section.tables
    ]


def rerun(results: Results, run: Run) -> str:
    """The one command that runs it again."""
    services = dict.fromkeys(planned.service for planned in run.record.plan)
    chosen = {
        "PROFILE": results.profile,
        "SEED": str(results.seed),
        # Sorted, since the plan lists them in the order of the first block.
        "SERVICES": ",".join(sorted(services)),
    }
    asked = run.record.choices
    chosen["WORKLOAD"] = asked.workload
    chosen["MIX"] = asked.mix if asked.mix != "journey" else ""
    chosen["SCALE"] = str(asked.scale) if asked.scale != 1 else ""
    assignments = (f"{key}={shlex.quote(value)}" for key, value in chosen.items() if value)
    return f"make bench {' '.join(assignments)}"


def _workload(results: Results, run: Run, workload: str, *, draw: bool) -> Iterable[Section]:
    primary = workloads.of(workload).primary
    main = workload == main_workload(results)
    yield Section(
        f"head-to-head-{workload}",
        "Head to head" if main else f"Head to head: {workload}",
        () if main else (found(results, run, workload),),
        _filled(*_standings(results, workload), pairs.comparisons(results, workload, primary)),
        tuple(charts.all_charts(results, workload)) if draw else (),
    )
    yield Section(
        f"detail-{workload}",
        "In detail" if main else f"In detail: {workload}",
        (),
        _filled(
            detail.endpoints(results, workload),
            detail.resources(results, run, workload),
            detail.tasks(results, workload),
            pairs.exploratory(results, workload, primary),
        ),
    )


def _standings(results: Results, workload: str) -> tuple[Table, ...]:
    """The contestants beside each other: by the mix, or by each endpoint alone."""
    if not workloads.of(workload).alone:
        return (contestants.head_to_head(results, workload),)
    return (alone.each_endpoint(results, workload), alone.times_the_floor(results, workload))


def _claims(results: Results) -> Iterable[Section]:
    yield Section("claims", "Do the published claims hold?", (), _filled(evidence.claims(results)))


def _trust(results: Results, run: Run, workloads: list[str]) -> Section:
    text = [noise_floor(results, run, workload) for workload in workloads]
    if not results.findings:
        text.append("No check found anything amiss.")
    return Section(
        "trust",
        "Can you trust it?",
        tuple(text),
        _filled(
            evidence.findings(results),
            *(checks.validity(results, run, workload) for workload in workloads),
            ledger.parity(run.record.parity),
            evidence.order(run),
            *(provenance.parameters(results, workload) for workload in workloads),
            provenance.environment(run),
            provenance.versions(run),
            provenance.images(run),
        ),
    )


def noise_floor(results: Results, run: Run, workload: str) -> str:
    """The A/A outcome, and the threshold it makes."""
    control = results.workloads[workload].control
    if control is None:
        return f"{workload}: no contestant was run against itself, so the noise is unknown."
    if control.endpoints:
        return _noise_floors(control, run.record.tie_threshold, workload)
    tie = comparison.tie_of(run.record.tie_threshold, control.ratio)
    bounds = interval(control.ratio, 3)
    if bounds is None:
        value = number(control.ratio.value, 3)
        return (
            f"{workload}: {control.service} against itself came out as {value}, without interval."
        )
    return (
        f"{workload}: noise floor (A/A): {control.service} against itself came out as "
        f"{number(control.ratio.value, 3)}, {bounds}; a difference has to exceed "
        f"{100 * tie.threshold:.1f}% to count."
    )


def _noise_floors(control: Control, threshold: float, workload: str) -> str:
    """The same where each endpoint was alone: one for the machine, and one for each endpoint."""
    each = ", ".join(
        f"{endpoint} {ratio_interval(ratio) or number(ratio.value, 3)} "
        f"(to exceed: {100 * comparison.tie_of(threshold, ratio).threshold:.1f}%)"
        for endpoint, ratio in control.endpoints.items()
    )
    return (
        f"{workload}: noise floor (A/A): {control.service} against itself came out as "
        f"{number(control.ratio.value, 3)}, {interval(control.ratio, 3) or 'without interval'}, by "
        f"the geometric mean of its throughputs on all endpoints. Each endpoint has its own, and a "
        f"difference on it has to exceed that to count: {each}."
    )


def _filled(*candidates: Table) -> tuple[Table, ...]:
    return tuple(table for table in candidates if table.rows)
