"""The contestants two by two."""

from collections.abc import Iterable, Sequence

from levelbench.model import metrics
from levelbench.model.results import Comparison, Results
from levelbench.model.vocabulary import ENDPOINTS
from levelbench.report import verdicts
from levelbench.report.standing import better_first
from levelbench.report.tables.cells import ratio_cell
from levelbench.report.tables.table import Cell, Column, Table, Tone


def comparisons(results: Results, workload: str, primary: str) -> Table:
    """Each pair of ranked contestants by the primary metric, the better one first."""
    shown = [
        pair
        for pair in results.workloads[workload].comparisons
        if pair.metric == primary and pair.primary
    ]
    return Table(
        f"Every pair: {workload}, {metrics.of(primary).label.lower()}",
        _columns(shown),
        tuple(_row(pair) for pair in _sorted(shown)),
        (
            "Ratios are taken block by block; the intervals hold together at 95% (Bonferroni)"
            + (", over all endpoints." if any(pair.endpoint for pair in shown) else "."),
        ),
    )


def exploratory(results: Results, workload: str, primary: str) -> Table:
    """The pairs by the other metrics, each interval at 95% on its own."""
    shown = [pair for pair in results.workloads[workload].comparisons if pair.metric != primary]
    return Table(
        f"Exploratory comparisons: {workload}",
        _columns(shown, Column("Metric", numeric=False)),
        tuple(_row(pair, Cell(metrics.of(pair.metric).label)) for pair in shown),
        ("Each interval holds at 95% on its own: among many, some miss. Not used for ranks.",),
        folded=True,
    )


def _sorted(pairs: Iterable[Comparison]) -> list[Comparison]:
    """By endpoint, then by name."""

    def key(pair: Comparison) -> tuple[int, str]:
        place = ENDPOINTS.index(pair.endpoint) if pair.endpoint else 0
        return place, _name(pair)

    return sorted(pairs, key=key)


def _columns(pairs: Sequence[Comparison], *more: Column) -> tuple[Column, ...]:
    return (
        Column("Pair", numeric=False),
        *((Column("Endpoint", numeric=False),) if any(pair.endpoint for pair in pairs) else ()),
        *more,
        Column("Ratio"),
        Column("Verdict", numeric=False),
    )


def _row(pair: Comparison, *more: Cell) -> tuple[Cell, ...]:
    _, _, ratio, verdict = better_first(pair)
    tone: Tone = "good" if verdict == "better" else "muted"
    return (
        Cell(_name(pair)),
        *((Cell(pair.endpoint),) if pair.endpoint else ()),
        *more,
        ratio_cell(ratio),
        Cell(verdicts.of(verdict, ratio, pair.metric), tone=tone),
    )


def _name(pair: Comparison) -> str:
    first, second, _, _ = better_first(pair)
    return f"{first} / {second}"
