"""The overview table: a row per contestant, each metric under the load that shows it best."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from levelbench.analysis.text import UNDEFINED
from levelbench.model import workloads
from levelbench.model.metrics import METRICS, Metric
from levelbench.model.results import Results
from levelbench.report.metrics import cell
from levelbench.report.standing import ordered
from levelbench.report.tables.contestants import (
    adjusted_notes,
    header,
    is_absent,
    rank_cell,
    reference_notes,
)
from levelbench.report.tables.table import Cell, Column, Table
from levelbench.report.words import INTERVALS, load_name


class Shown(NamedTuple):
    """A column: a metric under a workload."""

    workload: str
    metric: Metric
    heading: str


def overview(results: Results, order: Sequence[str]) -> Table:
    """A row per contestant. Ranks, and columns that name no load, are of the first load in `order`.

    A single load has a table of its own instead.
    """
    mixes = [name for name in order if not workloads.of(name).alone]
    if len(mixes) < 2:
        return Table("All loads at a glance", (), ())
    main = mixes[0]
    shown = [_primary(results, workload, main) for workload in mixes] + _others(results, main)

    def figures(name: str) -> Iterator[Cell]:
        for workload, metric, _ in shown:
            if service := results.workloads[workload].services.get(name):
                yield cell(metric, workload, name, service, results.services[name])
            else:
                yield Cell(UNDEFINED, tone="muted")

    measured = ordered(results, main)
    left_out = [n for n, s in results.services.items() if n not in measured and s.failure]
    rows = [
        (
            header(results.services[name]),
            Cell("failed", tone="bad")
            if name in left_out
            else rank_cell(results.workloads[main].services[name], results.services[name]),
            *figures(name),
        )
        for name in (*measured, *left_out)
    ]
    return Table(
        "All loads at a glance",
        (
            Column("Contestant", numeric=False),
            Column("Rank"),
            *(Column(column.heading) for column in shown),
        ),
        tuple(rows),
        (
            f"Rank, errors, CPU and memory: at {load_name(main)}.",
            INTERVALS,
            *reference_notes(results, main, (column.metric for column in shown)),
            *dict.fromkeys(n for workload in mixes for n in adjusted_notes(results, workload)),
        ),
    )


def _others(results: Results, main: str) -> list[Shown]:
    """The other metrics, under the main load; an optional one only where a contestant has it."""
    services = results.workloads[main].services.values()
    return [
        Shown(main, metric, metric.heading)
        for metric in METRICS
        if metric.overview
        and not (metric.optional and all(is_absent(service, metric) for service in services))
    ]


def _primary(results: Results, workload: str, main: str) -> Shown:
    """The primary metric of a workload, with the load in its heading."""
    load, parameters = workloads.of(workload), results.workloads[workload].parameters
    shown = load.primary
    if load.kind == "open":
        under = f" at {parameters.rate_rps} requests/s"
    elif load.kind == "capacity":
        under = f" with p95 up to {parameters.objective_ms} ms"
    else:
        under = "" if workload == main else f", {load_name(workload)}"
    return Shown(workload, shown, f"{shown.label}{under}, {shown.unit}")
