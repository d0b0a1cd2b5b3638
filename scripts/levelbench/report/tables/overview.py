"""The overview table: six columns, a row per contestant by value, with ties as brackets."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import combinations

from levelbench.analysis.text import UNDEFINED, number
from levelbench.model import workloads
from levelbench.model.folder import Run
from levelbench.model.metric import Metric
from levelbench.model.metrics import MEMORY, METRICS, THROUGHPUT
from levelbench.model.results import Results, ServiceSummary
from levelbench.report.metrics import cell
from levelbench.report.standing import ordered
from levelbench.report.tables.contestants import header, rank_text, row_id
from levelbench.report.tables.production import COUNTED
from levelbench.report.tables.table import Cell, Column, Table, pointer
from levelbench.report.words import INTERVALS, kind

CAPTION = "At a glance"
ARBITER = re.compile(r"1 arbiter and (\d+) workers")
"""How the parity ledger of older runs counts the processes of gunicorn."""
TIES = "A bracket joins contestants of which no two are shown to differ."
MEMORY_NOTE = "Memory: peak of all server processes; 1+3 is a parent and three workers."
CODE_NOTE = "Code: lines in app/."


def overview(results: Results, run: Run, workload: str) -> Table:
    """Each contestant under one workload, those that failed last. A column without any value is
    omitted.
    """
    names = ordered(results, workload)
    failed = [name for name, s in results.services.items() if name not in names and s.failure]
    metrics = _metrics(workload)
    processes = _processes(run)
    joined = brackets(results, workload, names)
    rows = [
        (
            _header(results, workload, name, joined),
            *_figures(results, workload, name, metrics, processes),
            _lines(name, results.services[name]),
        )
        for name in (*names, *failed)
    ]
    code = Column("Code, lines", short="code, lines")
    columns = [Column(kind(results, "Framework"), numeric=False), *map(_column, metrics), code]
    kept = [
        place
        for place in range(len(columns))
        if place == 0 or any(row[place].text != UNDEFINED for row in rows)
    ]
    shown = [columns[place].label for place in kept]
    return Table(
        CAPTION,
        tuple(columns[place] for place in kept),
        tuple(tuple(row[place] for place in kept) for row in rows),
        (
            " ".join(
                (
                    INTERVALS,
                    *((TIES,) if any(row[0].brackets.strip() for row in rows) else ()),
                    *((MEMORY_NOTE,) if MEMORY.heading in shown and processes else ()),
                    *((CODE_NOTE,) if columns[-1].label in shown else ()),
                )
            ),
        ),
        layout="glance",
    )


def _metrics(workload: str) -> list[Metric]:
    """The primary metric, and those that do not depend on the kind of load."""
    primary = workloads.of(workload).primary
    return [primary, *(metric for metric in METRICS if metric.overview and metric != primary)]


def _column(metric: Metric) -> Column:
    label = "Requests/s" if metric == THROUGHPUT else metric.heading
    return Column(label, short=metric.short)


def _figures(
    results: Results,
    workload: str,
    name: str,
    metrics: Sequence[Metric],
    processes: Mapping[str, str],
) -> Iterator[Cell]:
    service = results.workloads[workload].services.get(name)
    for metric in metrics:
        if service is None:
            yield Cell(UNDEFINED, tone="muted")
            continue
        found = cell(metric, workload, name, service, results.services[name])
        known = metric == MEMORY and found.text != UNDEFINED
        yield replace(found, note=processes.get(name)) if known else found


def _lines(name: str, summary: ServiceSummary) -> Cell:
    if summary.code is None:
        return Cell(UNDEFINED, tone="muted")
    at = pointer("services", name, "code", "total", "lines")
    return Cell(number(summary.code.total.lines, 0), figure=at)


def _processes(run: Run) -> dict[str, str]:
    """`1+3 processes` of each contestant: as counted in its container, or else as declared."""
    found = {
        name: _process_count(needed.processes, has_parent=needed.threads > 0)
        for name, service in run.record.services.items()
        if (needed := service.production)
    }
    counted = {e.service: e.observed for e in run.record.parity if e.rule in COUNTED}
    return found | {
        name: _process_count(int(match[1]), has_parent=True)
        if (match := ARBITER.fullmatch(seen))
        else seen
        if "process" in seen
        else f"{seen} process{'es' * (seen != '1')}"
        for name, seen in counted.items()
    }


def _process_count(workers: int, *, has_parent: bool) -> str:
    """`1+3 processes` of gunicorn, whose parent answers no requests; else `1 process`."""
    if has_parent:
        return f"1+{workers} processes"
    return f"{workers} process{'es' * (workers > 1)}"


def _header(results: Results, workload: str, name: str, joined: Mapping[str, str]) -> Cell:
    """The name, which leads to all its values, with the brackets of its row and the ranks that they
    show.
    """
    plain = header(results.services[name])
    if not workloads.of(workload).alone:
        plain = replace(plain, target=row_id(workload, name))
    if name not in joined:
        return plain
    rank = results.workloads[workload].services[name].rank
    tied = ["tied"] if joined[name].strip() else []
    ranks = [f"rank {rank_text(rank)}"] if rank and results.publishable else []
    return replace(plain, brackets=joined[name], spoken=", ".join(tied + ranks) or None)


def brackets(results: Results, workload: str, names: Sequence[str]) -> dict[str, str]:
    """For each compared contestant a character per bracket: `┐`, `│`, `┘` or a space.

    A bracket joins the longest run of neighbours of which no two are shown to differ, as in a
    critical difference diagram (Demšar, JMLR 7, 2006); brackets may overlap. A run that is not
    publishable decides nothing, so that one bracket joins all.
    """
    measured = results.workloads[workload]
    primary = workloads.of(workload).primary.name
    pairs = [
        p for p in measured.comparisons if p.primary and p.metric == primary and not p.endpoint
    ]
    compared = {name for pair in pairs for name in (pair.a, pair.b)}
    ranked = [name for name in names if name in compared and measured.services[name].rank]
    apart = {
        frozenset((pair.a, pair.b))
        for pair in pairs
        if results.publishable and pair.verdict in ("better", "worse")
    }
    lanes: list[list[str]] = []
    for first, last in _runs(ranked, apart):
        column = [" "] * len(ranked)
        column[first : last + 1] = ["┐", *"│" * (last - first - 1), "┘"]
        free = (lane for lane in lanes if not any(lane[i].strip() for i in range(first, last + 1)))
        if (lane := next(free, None)) is None:
            lanes.append(column)
        else:
            lane[first : last + 1] = column[first : last + 1]
    return {name: "".join(lane[i] for lane in lanes) for i, name in enumerate(ranked)}


def _runs(ranked: Sequence[str], apart: Collection[frozenset[str]]) -> Iterator[tuple[int, int]]:
    """First and last place of each longest run of two or more that are not apart."""
    reached = 0
    for first in range(len(ranked)):
        last = first
        while last + 1 < len(ranked) and not any(
            frozenset(pair) in apart for pair in combinations(ranked[first : last + 2], 2)
        ):
            last += 1
        if last > max(first, reached):
            yield first, last
            reached = last
