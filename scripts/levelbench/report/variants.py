"""The section "Variants": each one as a ratio to the contestant that it extends, by factor."""

from collections.abc import Callable, Iterator, Sequence

from levelbench.analysis.effects import INSTRUCTIONS
from levelbench.analysis.text import UNDEFINED, interval, value_text
from levelbench.model import metrics, workloads
from levelbench.model.folder import Run
from levelbench.model.results import Effect, Results
from levelbench.model.traits import LABELS
from levelbench.model.workloads import Workload
from levelbench.report.section import Section
from levelbench.report.tables.cells import estimate_cell
from levelbench.report.tables.table import Cell, Column, Table, pointer
from levelbench.report.words import capital, display_names, join, load_name, noun

CONTEXT = (
    "A variant is a contestant with one factor changed, measured in the same rounds. Above 1: the "
    "variant has the higher value. Each 95% interval (Student's t on logarithms) holds by itself. "
    "Variants are never ranked."
)
Placed = tuple[str, Effect]
"""An effect and its place in results.json."""


def section(results: Results, run: Run, order: Sequence[str]) -> Section:
    """Empty where a run has no variant."""
    tables = [_of_workload(results, run, workload) for workload in order]
    counted = [(pointer("effects", place), effect) for place, effect in enumerate(results.effects)]
    tables.append(_table(results, run, "Main effects: instructions per request", counted))
    shown = tuple(table for table in tables if table.rows)
    if not shown:
        return Section("variants", "Variants")
    text = [line for workload in order[:1] for line in sentences(results, workload)]
    return Section("variants", "Variants: main effects", (*text, CONTEXT), shown)


def sentences(
    results: Results, workload: str, chosen: Callable[[Effect], bool] = lambda effect: True
) -> Iterator[str]:
    """`FastAPI on granian against FastAPI: 1.08 (1.03 to 1.13) times the throughput.`"""
    primary = workloads.of(workload).primary
    for effect in filter(chosen, results.workloads[workload].effects):
        known = effect.ratio.value is not None and effect.endpoint is None
        if known and effect.metric == primary.name and len(effect.variants) == 1:
            bounds = interval(effect.ratio)
            shown = value_text(effect.ratio) + (f" ({bounds})" if bounds else "")
            yield f"{against(results, effect)}: {shown} times the {noun(primary.label)}."


def against(results: Results, effect: Effect) -> str:
    """`FastAPI on granian against FastAPI`, or the level of several variants."""
    if len(effect.variants) > 1:
        names = display_names(results, (_parent(results, name) for name in effect.variants))
        return f"{LABELS[effect.trait]} {effect.level}, mean of {join(names)}"
    (name,) = effect.variants
    return " against ".join(display_names(results, (name, _parent(results, name))))


def _parent(results: Results, name: str) -> str:
    variant = results.services[name].variant
    return variant.extends if variant else name


def _of_workload(results: Results, run: Run, workload: str) -> Table:
    effects = enumerate(results.workloads[workload].effects)
    placed = [(pointer("workloads", workload, "effects", place), one) for place, one in effects]
    return _table(
        results,
        run,
        f"Main effects: {load_name(workload)}",
        [one for one in placed if _is_shown(one[1], workloads.of(workload))],
    )


def _is_shown(effect: Effect, load: Workload) -> bool:
    """At full speed CPU per request is the same observation as throughput."""
    metric = metrics.of(effect.metric)
    return metric == load.primary or not (load.saturates and metric.same_as_throughput)


def _table(results: Results, run: Run, caption: str, placed: Sequence[Placed]) -> Table:
    """A row per variant, or level of several; a column per metric."""
    names = list(dict.fromkeys(effect.metric for _, effect in placed))
    isolated = any(effect.endpoint for _, effect in placed)
    rows: dict[tuple[tuple[str, ...], str | None], dict[str, Placed]] = {}
    for place, effect in placed:
        rows.setdefault((effect.variants, effect.endpoint), {})[effect.metric] = (place, effect)
    return Table(
        caption,
        (
            Column("Factor", numeric=False),
            Column("Variant", numeric=False),
            *((Column("Endpoint", numeric=False),) if isolated else ()),
            Column("Change", numeric=False),
            *(Column(f"{_label(name)}, ratio") for name in names),
        ),
        tuple(_row(results, run, found, names, isolated=isolated) for found in rows.values()),
    )


def _label(metric: str) -> str:
    return capital(metric) if metric == INSTRUCTIONS else metrics.of(metric).label


def _row(
    results: Results, run: Run, found: dict[str, Placed], names: Sequence[str], *, isolated: bool
) -> tuple[Cell, ...]:
    _, first = next(iter(found.values()))
    return (
        Cell(capital(first.factor)),
        Cell(against(results, first)),
        *((Cell(first.endpoint or UNDEFINED),) if isolated else ()),
        Cell(_change(run, first)),
        *(
            estimate_cell(one[1].ratio, f"{one[0]}/ratio")
            if (one := found.get(name))
            else Cell(UNDEFINED, tone="muted")
            for name in names
        ),
    )


def _change(run: Run, effect: Effect) -> str:
    """`server: uvicorn to granian, HTTP parser: httptools to granian`; of several the level."""
    if len(effect.variants) > 1:
        return f"{LABELS[effect.trait]}: {effect.level}"
    record = run.record.services[effect.variants[0]]
    variant = record.variant
    if variant is None:
        return UNDEFINED
    before = run.record.services[variant.extends].traits
    return ", ".join(
        f"{LABELS[trait]}: {before.get(trait, UNDEFINED)} to {record.traits[trait]}"
        for trait in variant.changes
    )
