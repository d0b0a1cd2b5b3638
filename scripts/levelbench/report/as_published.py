"""As published: what the article's list handlers do, and what their leads are made of."""

from levelbench.analysis.text import UNDEFINED as UNKNOWN
from levelbench.analysis.text import number, ratio_interval, ratio_places
from levelbench.model.estimate import UNDEFINED, Estimate
from levelbench.model.folder import Run
from levelbench.model.metrics import THROUGHPUT
from levelbench.model.results import Results, Split
from levelbench.model.run import ServiceRecord
from levelbench.report.section import Section
from levelbench.report.standing import reciprocal
from levelbench.report.tables.cells import estimate_cell, ratio_cell
from levelbench.report.tables.table import Cell, Column, Table

KINDS = {
    "contract": "against the contract",
    "repair": "repaired, to answer at all",
    "assumption": "not stated, chosen by the lab",
}
CONTEXT = (
    "Each exhibit is a contestant with the article's list handler in place of its own: the same "
    "models, pool, server, database and requests. Exhibits do not do equal work and are never "
    "ranked. The claimed ratios are of the article's mix of five endpoints, which it does not "
    "state; what is measured here is the list alone."
)
SPLIT_NOTE = (
    "As published = framework x work left out, in every block and in the means over blocks. "
    "Framework: contestant over contestant, which do equal work. Work left out: what one side's "
    "handler gains by leaving work out, over what the other's does. Ratios within blocks, each "
    "with its own 95% interval (Student-t on logarithms); none with fewer than 3 blocks."
)
YES, NO = Cell("yes"), Cell("no", tone="muted")


def section(results: Results, run: Run) -> Section:
    """Empty where a run has no exhibit."""
    exhibits = {name: one for name, one in run.record.services.items() if one.exhibit}
    shown = [
        name
        for name, workload in results.workloads.items()
        if exhibits.keys() & workload.services.keys()
    ]
    if not shown:
        return Section("as-published", "")
    tables = [
        table
        for workload in shown
        for table in (_split(results, workload), _handlers(results, run, workload))
        if table.rows
    ]
    said = [
        sentence(split) for workload in shown for split in results.workloads[workload].published
    ]
    if not said:
        said = ["No lead can be split: no block has a valid trial of all four that it takes."]
    return Section(
        "as-published",
        "As published: the article's list handlers",
        (*said, CONTEXT),
        (*tables, _deviations(exhibits)),
    )


def sentence(split: Split) -> str:
    """`starlette over fastapi: as published 1.38 (...) = 1.09 (...) framework x 1.27 (...) work
    left out; the article claims 1.40.`"""
    return (
        f"{split.a} over {split.b}: as published {_figure(split.as_published)} = "
        f"{_figure(split.equal_work)} framework x {_figure(split.left_out)} work left out; "
        f"the article claims {number(split.claimed, ratio_places(split.claimed))}."
    )


def _figure(ratio: Estimate) -> str:
    if ratio.value is None:
        return number(None)
    bounds = ratio_interval(ratio)
    return number(ratio.value, ratio_places(ratio.value)) + (f" ({bounds})" if bounds else "")


def _split(results: Results, workload: str) -> Table:
    return Table(
        f"The published leads, split: {workload}, throughput",
        (
            Column("Pair", numeric=False),
            Column("Claimed"),
            Column("As published"),
            Column("Framework"),
            Column("Work left out"),
            Column("Blocks"),
        ),
        tuple(
            (
                Cell(f"{split.a} / {split.b}"),
                Cell(number(split.claimed, ratio_places(split.claimed))),
                ratio_cell(split.as_published),
                ratio_cell(split.equal_work),
                ratio_cell(split.left_out),
                Cell(str(split.blocks)),
            )
            for split in results.workloads[workload].published
        ),
        (SPLIT_NOTE,),
    )


def _handlers(results: Results, run: Run, workload: str) -> Table:
    """Each contestant's list handler, and below it the published one."""
    services = run.record.services
    exhibits = {one.exhibit.extends: name for name, one in services.items() if one.exhibit}
    names = [name for pair in sorted(exhibits.items()) for name in pair if name in services]
    return Table(
        f"What each list handler does: {workload}",
        (
            Column("Handler", numeric=False),
            Column("Data statements a request"),
            *(
                Column(label, numeric=False)
                for label in ("User", "Items", "Total", "Order", "Token")
            ),
            Column("Throughput, requests/s"),
            Column("Times its contestant's"),
        ),
        tuple(_handler(results, services[name], name, workload) for name in names),
        (
            "Statements as PostgreSQL counted them before the load; every trial's sum was held "
            "against that. A contestant's are 3 for the list and 1 to look its user up.",
        ),
    )


def _handler(results: Results, record: ServiceRecord, name: str, workload: str) -> tuple[Cell, ...]:
    found = results.workloads[workload].services.get(name)
    listed = found.endpoints.get("list") if found else None
    exhibit = record.exhibit
    does = (
        (exhibit.user, exhibit.items, exhibit.total, exhibit.ordered, exhibit.token)
        if exhibit
        else (True,) * 5
    )
    return (
        Cell(name, f"as published, on {exhibit.extends}" if exhibit else None),
        _count(listed.statements_per_request if listed else None),
        *(YES if one else NO for one in does),
        estimate_cell(found.estimate(THROUGHPUT) if found else None),
        ratio_cell(_gain(results, name, exhibit.extends, workload)) if exhibit else Cell("1"),
    )


def _count(statements: float | None) -> Cell:
    return Cell(UNKNOWN if statements is None else f"{statements:g}")


def _gain(results: Results, name: str, contestant: str, workload: str) -> Estimate:
    """Throughput of an exhibit over that of its contestant."""
    for pair in results.workloads[workload].comparisons:
        if pair.metric == THROUGHPUT.name and {pair.a, pair.b} == {name, contestant}:
            return pair.ratio if pair.a == name else reciprocal(pair.ratio)
    return UNDEFINED


def _deviations(exhibits: dict[str, ServiceRecord]) -> Table:
    return Table(
        "Deviations of the exhibits",
        tuple(Column(label, numeric=False) for label in ("Exhibit", "Kind", "What", "Why")),
        tuple(
            (Cell(name), Cell(KINDS[one.kind]), Cell(one.what), Cell(one.why))
            for name, record in exhibits.items()
            if record.exhibit
            for one in record.exhibit.deviations
        ),
        ("`make diff A=<contestant> B=<exhibit>` shows every line that differs.",),
        folded=True,
    )
