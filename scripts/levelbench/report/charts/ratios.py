"""The matrix of ratios between all pairs of contestants."""

import math

import altair as alt

from levelbench.analysis.text import number, ratio_interval, ratio_places
from levelbench.model import metrics, workloads
from levelbench.model.estimate import Estimate
from levelbench.model.results import Comparison, Results
from levelbench.report import verdicts
from levelbench.report.charts.rows import NO_INTERVAL
from levelbench.report.drawing import Chart
from levelbench.report.standing import ordered, reciprocal
from levelbench.report.tables.pairs import comparisons
from levelbench.report.words import display_names, load_name, noun

CELL_HEIGHT = 44
SIGNS = {"better": "▲", "worse": "▼", "equivalent": "=", "inconclusive": "?"}
SIDES = {"better": "△", "worse": "▽"}
"""Signs for an undecided interval that excludes 1."""
TURNED = {"better": "worse", "worse": "better"}
BETTER, TIE, WORSE = "#7db3e8", "#dfe3e8", "#f0b169"
"""Blue and orange, which colour-blind readers distinguish; the ink has a contrast of 7:1."""
CELL_INK = "#14171c"
FULL_COLOR = math.log(2)
"""A cell has its full colour from a ratio of 2."""


def matrix(results: Results, workload: str) -> Chart | None:
    """Each row's contestant divided by each column's, by the primary metric."""
    primary = workloads.of(workload).primary
    rows = [
        cell
        for pair in results.workloads[workload].comparisons
        if pair.primary and pair.metric == primary.name and pair.ratio.value
        for cell in _cells(results, pair)
    ]
    if not rows:
        return None
    compared = {row["line"] for row in rows}
    order = [
        name for name in display_names(results, ordered(results, workload)) if name in compared
    ]
    base = alt.Chart(alt.InlineData(values=rows)).encode(
        x=alt.X("column:N", sort=order, title=None, axis=alt.Axis(orient="top", labelAngle=0)),
        y=alt.Y("line:N", sort=order, title=None),
        tooltip=[
            alt.Tooltip("line:N", title="Contestant"),
            alt.Tooltip("column:N", title="Divided by"),
            alt.Tooltip("ratio:N", title="Ratio"),
            alt.Tooltip("interval:N", title="Interval"),
            alt.Tooltip("verdict:N", title="Verdict"),
        ],
    )
    tiles = base.mark_rect(stroke="var(--card)", strokeWidth=2).encode(
        color=alt.Color(
            "better:Q",
            scale=alt.Scale(
                domain=[-FULL_COLOR, 0, FULL_COLOR],
                range=[WORSE, TIE, BETTER],
                clamp=True,
                interpolate="rgb",
            ),
            legend=None,
        )
    )
    figures = base.mark_text(fontSize=13, color=CELL_INK).encode(text="text:N")
    return Chart(
        f"ratios-{workload}",
        f"Every pair, {noun(primary.label)}: {load_name(workload)}",
        f"{primary.label}, row divided by column. Blue ▲: better. Orange ▼: worse. Grey: △ better "
        f"or ▽ worse, possibly a tie; = equivalent; ? no difference detected.",
        tiles + figures,
        height=CELL_HEIGHT * len(order),
        table=comparisons(results, workload, primary.name),
    )


def _cells(results: Results, pair: Comparison) -> list[dict[str, str | float]]:
    """Both cells of a pair: a / b and b / a."""
    a, b = display_names(results, (pair.a, pair.b))
    turned = TURNED.get(pair.verdict, pair.verdict)
    limits = results.statistics
    why_not = verdicts.thin(pair, limits.verdict_blocks_min) or (
        verdicts.IMPRECISE if verdicts.imprecise(pair, limits.precise_limit) else None
    )
    return [
        _cell(a, b, pair.ratio, pair.verdict, pair.metric, why_not),
        _cell(b, a, reciprocal(pair.ratio), turned, pair.metric, why_not),
    ]


def _cell(
    line: str, column: str, ratio: Estimate, verdict: str, metric_name: str, why_not: str | None
) -> dict[str, str | float]:
    assert ratio.value is not None
    direction = 1 if metrics.of(metric_name).better == "higher" else -1
    shown = number(ratio.value, ratio_places(ratio.value))
    side = None if why_not else verdicts.side(verdict, ratio, metric_name)
    return {
        "line": line,
        "column": column,
        "ratio": shown,
        "interval": ratio_interval(ratio) or NO_INTERVAL,
        "verdict": why_not or verdicts.of(verdict, ratio, metric_name),
        "text": f"{SIDES[side] if side else SIGNS[verdict]} {shown}",
        # An undecided ratio has no colour, however far from 1 it is.
        "better": direction * math.log(ratio.value) if verdict in TURNED else 0.0,
    }
