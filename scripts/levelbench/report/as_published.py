"""The "As published" section: the article's list handlers, and how their leads split."""

from levelbench.analysis.text import UNDEFINED as UNKNOWN
from levelbench.model.estimate import UNDEFINED, Estimate
from levelbench.model.folder import Run
from levelbench.model.metrics import THROUGHPUT
from levelbench.model.results import Results, Split
from levelbench.model.run import ServiceRecord
from levelbench.report.plot import change
from levelbench.report.section import Section
from levelbench.report.standing import reciprocal
from levelbench.report.tables.cells import change_cell, estimate_cell
from levelbench.report.tables.table import Cell, Column, Table, pointer
from levelbench.report.words import display_names, load_name

KINDS = {
    "contract": "breaks the contract",
    "repair": "repair, so that it works",
    "assumption": "not stated, chosen by the lab",
}
CONTEXT = (
    "Each exhibit is a contestant with the article's list handler instead of its own; models, "
    "pool, server, database and requests are the same. Exhibits do not do equal work and are never "
    "ranked. The claimed ratios refer to the article's mix of five endpoints, which it does not "
    "state; this run measures only the list."
)
SPLIT_NOTE = (
    "How many more requests the first one served. The two parts multiply: +9% and +27% make +38%. "
    "Framework: the two contestants, which do equal work. Omitted work: the gain of one published "
    "handler over its contestant, compared with the gain of the other. Computed round by round; "
    "each 95% interval (Student's t on logarithms) needs 3 rounds."
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
    texts = [
        sentence(results, split)
        for workload in shown
        for split in results.workloads[workload].published
    ]
    if not texts:
        texts = ["No lead can be split: no round has all four measurements that a split needs."]
    return Section(
        "as-published",
        "As published: the article's list handlers",
        (*texts, CONTEXT),
        (*tables, _deviations(exhibits)),
    )


def sentence(results: Results, split: Split) -> str:
    """`Starlette v FastAPI, as published: +38% (30 to 47%), of which the framework +9% (...) and
    omitted work +27% (...). The article claims +40%.`"""
    return (
        f"{_pair(results, split)}, as published: {_figure(split.as_published)}, of which the "
        f"framework {_figure(split.equal_work)} and omitted work {_figure(split.left_out)}. "
        f"The article claims {change(split.claimed)}."
    )


def _pair(results: Results, split: Split) -> str:
    return " v ".join(display_names(results, (split.a, split.b)))


def _figure(ratio: Estimate) -> str:
    cell = change_cell(ratio)
    return cell.text + (f" ({cell.detail})" if cell.detail else "")


def _split(results: Results, workload: str) -> Table:
    return Table(
        f"Published leads, split: {load_name(workload)}, throughput",
        (
            Column("Pair", numeric=False),
            Column("Claimed"),
            Column("As published"),
            Column("Framework"),
            Column("Omitted work"),
            Column("Rounds"),
        ),
        tuple(
            (
                Cell(_pair(results, split)),
                Cell(change(split.claimed)),
                *(
                    change_cell(ratio, pointer("workloads", workload, "published", place, name))
                    for name, ratio in (
                        ("as_published", split.as_published),
                        ("equal_work", split.equal_work),
                        ("left_out", split.left_out),
                    )
                ),
                Cell(str(split.blocks)),
            )
            for place, split in enumerate(results.workloads[workload].published)
        ),
        (SPLIT_NOTE,),
    )


def _handlers(results: Results, run: Run, workload: str) -> Table:
    """Each contestant's list handler, followed by the published one."""
    services = run.record.services
    exhibits = {one.exhibit.extends: name for name, one in services.items() if one.exhibit}
    names = [name for pair in sorted(exhibits.items()) for name in pair if name in services]
    return Table(
        f"What each list handler does: {load_name(workload)}",
        (
            Column("Handler", numeric=False),
            Column("Data statements per request"),
            *(
                Column(label, numeric=False)
                for label in ("User", "Items", "Total", "Order", "Token")
            ),
            Column("Throughput, requests/s"),
            Column("More than its contestant"),
        ),
        tuple(_handler(results, services[name], name, workload) for name in names),
        (
            "Statements as PostgreSQL counted them before the load; the total of every measurement "
            "was checked against this count. A contestant runs 3 for the list and 1 to look up "
            "the user.",
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
        Cell(record.display_name, f"on {exhibit.extends}" if exhibit else None),
        _count(listed.statements_per_request if listed else None),
        *(YES if one else NO for one in does),
        estimate_cell(found.estimate(THROUGHPUT) if found else None),
        change_cell(_gain(results, name, exhibit.extends, workload)) if exhibit else Cell("0%"),
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
        tuple(Column(label, numeric=False) for label in ("Exhibit", "Kind", "Deviation", "Reason")),
        tuple(
            (Cell(record.display_name), Cell(KINDS[one.kind]), Cell(one.what), Cell(one.why))
            for record in exhibits.values()
            if record.exhibit
            for one in record.exhibit.deviations
        ),
        ("`make diff FROM=<contestant> TO=<exhibit>` shows every line that differs.",),
        folded=True,
    )
