"""Tables of every pair of contestants."""

from collections.abc import Iterable, Sequence

from levelbench.model import metrics
from levelbench.model.results import Comparison, Results
from levelbench.model.vocabulary import ENDPOINTS
from levelbench.report import verdicts
from levelbench.report.standing import better_first
from levelbench.report.tables.cells import ratio_cell
from levelbench.report.tables.table import Cell, Column, Table, Tone
from levelbench.report.words import display_names, load_name, noun

SAME = (
    "At full speed the contestant's core is always busy: CPU per request is then the same "
    "observation as throughput and has no verdict of its own."
)


def comparisons(results: Results, workload: str, primary: str) -> Table:
    """Each pair of ranked contestants by the primary metric, the better one first."""
    shown = [
        pair
        for pair in results.workloads[workload].comparisons
        if pair.metric == primary and pair.primary
    ]
    return Table(
        f"Every pair: {load_name(workload)}, {noun(metrics.of(primary).label)}",
        _columns(shown),
        tuple(_row(results, pair) for pair in _sorted(shown)),
        (
            "Ratios are computed round by round. The intervals are simultaneous at 95% (Bonferroni)"
            + (", over all endpoints." if any(pair.endpoint for pair in shown) else "."),
        ),
    )


def exploratory(results: Results, workload: str, primary: str) -> Table:
    """The pairs by all other metrics, each interval at 95% by itself."""
    shown = [pair for pair in results.workloads[workload].comparisons if pair.metric != primary]
    return Table(
        f"Exploratory comparisons: {load_name(workload)}",
        _columns(shown, Column("Metric", numeric=False)),
        tuple(_row(results, pair, Cell(metrics.of(pair.metric).label)) for pair in shown),
        (
            "Each interval holds at 95% by itself, so some of many are wrong. Not used for ranks.",
            *((SAME,) if any(pair.same_as for pair in shown) else ()),
        ),
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


def _row(results: Results, pair: Comparison, *more: Cell) -> tuple[Cell, ...]:
    first, second, ratio, verdict = better_first(pair)
    tone: Tone = "good" if verdict == "better" else "muted"
    return (
        Cell(" / ".join(display_names(results, (first, second)))),
        *((Cell(pair.endpoint),) if pair.endpoint else ()),
        *more,
        ratio_cell(ratio),
        Cell(verdicts.of_pair(results, pair), tone=tone),
    )


def _name(pair: Comparison) -> str:
    first, second, _, _ = better_first(pair)
    return f"{first} / {second}"
