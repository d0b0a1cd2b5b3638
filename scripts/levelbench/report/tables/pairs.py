"""Tables of every pair of contestants: by how many percent the larger value is larger."""

from collections.abc import Iterable

from levelbench.analysis.text import UNDEFINED
from levelbench.model import metrics
from levelbench.model.estimate import Estimate
from levelbench.model.results import Comparison, Results
from levelbench.model.vocabulary import ENDPOINTS
from levelbench.report import verdicts
from levelbench.report.standing import better_first, reciprocal
from levelbench.report.tables.cells import change_cell
from levelbench.report.tables.table import Cell, Column, Table, pointer
from levelbench.report.words import differing_parts, display_names, load_name, noun

SAME = (
    "At full speed the contestant's core is always busy: CPU per request is then the same "
    "observation as throughput and has no verdict of its own."
)
DIFFER_IN = "Stacks differ in"
STACKS = "A difference includes every part in which the stacks differ: see Equal work."
LARGER_FIRST = "How much larger the first value is, compared round by round."


def comparisons(results: Results, workload: str, primary: str) -> Table:
    """Each pair of ranked contestants by the primary metric, the largest difference first."""
    shown = [
        (place, pair)
        for place, pair in enumerate(results.workloads[workload].comparisons)
        if pair.metric == primary and pair.primary
    ]
    alone = any(pair.endpoint for _, pair in shown)
    everywhere = ", over all endpoints" if alone else ""
    return Table(
        f"Every pair: {load_name(workload)}, {noun(metrics.of(primary).label)}",
        (*_columns(shown), *(() if alone else (Column(DIFFER_IN, numeric=False),))),
        tuple(
            (
                *_row(results, workload, place, pair),
                *(() if alone else (_parts(results, pair),)),
            )
            for place, pair in sorted(shown, key=_by_size)
        ),
        (
            f"{LARGER_FIRST} With 95% confidence all intervals are right at once{everywhere} "
            "(Bonferroni).",
            *(() if alone else (STACKS,)),
        ),
        folded=True,
    )


def exploratory(results: Results, workload: str, primary: str) -> Table:
    """The pairs by all other metrics, each interval at 95% by itself."""
    shown = [
        (place, pair)
        for place, pair in enumerate(results.workloads[workload].comparisons)
        if pair.metric != primary
    ]
    return Table(
        f"Exploratory comparisons: {load_name(workload)}",
        _columns(shown, Column("Metric", numeric=False)),
        tuple(
            _row(results, workload, place, pair, Cell(metrics.of(pair.metric).label))
            for place, pair in shown
        ),
        (
            f"{LARGER_FIRST} Each interval holds at 95% by itself, so some of many are wrong. Not "
            "used for ranks.",
            *((SAME,) if any(pair.same_as for _, pair in shown) else ()),
        ),
        folded=True,
    )


def larger_first(pair: Comparison) -> tuple[str, str, Estimate, bool]:
    """(first, second, ratio, whether it is turned): a ratio of 1 or more."""
    if pair.ratio.value is None or pair.ratio.value >= 1:
        return pair.a, pair.b, pair.ratio, False
    return pair.b, pair.a, reciprocal(pair.ratio), True


def _by_size(placed: tuple[int, Comparison]) -> tuple[int, float]:
    """By endpoint, then by the size of the difference."""
    _, pair = placed
    _, _, ratio, _ = larger_first(pair)
    endpoint = ENDPOINTS.index(pair.endpoint) if pair.endpoint else 0
    return endpoint, -(ratio.value or 0)


def _columns(pairs: Iterable[tuple[int, Comparison]], *more: Column) -> tuple[Column, ...]:
    isolated = any(pair.endpoint for _, pair in pairs)
    return (
        Column("Pair", numeric=False),
        *((Column("Endpoint", numeric=False),) if isolated else ()),
        *more,
        Column("Difference"),
        Column("Verdict", numeric=False),
    )


def _row(
    results: Results, workload: str, place: int, pair: Comparison, *more: Cell
) -> tuple[Cell, ...]:
    first, second, ratio, turned = larger_first(pair)
    return (
        Cell(" v ".join(display_names(results, (first, second)))),
        *((Cell(pair.endpoint),) if pair.endpoint else ()),
        *more,
        change_cell(
            ratio,
            pointer("workloads", workload, "comparisons", place, "ratio"),
            "inverse change" if turned else "change",
        ),
        _verdict(results, pair),
    )


def _parts(results: Results, pair: Comparison) -> Cell:
    return Cell(differing_parts(results, pair.a, pair.b) or UNDEFINED)


def _verdict(results: Results, pair: Comparison) -> Cell:
    """The verdict, with the name of the better one where there is one."""
    better, _, ratio, verdict = better_first(pair)
    words = verdicts.of_pair(results, pair)
    decided = verdict == "better" or verdicts.side(verdict, ratio, pair.metric) is not None
    if decided and words == verdicts.of(verdict, ratio, pair.metric):
        return Cell(f"{results.services[better].display_name} is {words}")
    return Cell(words, tone="muted")
