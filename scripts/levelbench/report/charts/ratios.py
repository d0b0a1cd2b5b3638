"""Every pair of contestants at a glance: the matrix of ratios."""

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

CELL_HEIGHT = 44
SIGNS = {"better": "▲", "worse": "▼", "equivalent": "=", "inconclusive": "?"}
SIDES = {"better": "△", "worse": "▽"}
"""Of what is undecided and leaves out 1."""
TURNED = {"better": "worse", "worse": "better"}
BETTER, TIE, WORSE = "#7db3e8", "#dfe3e8", "#f0b169"
"""Blue and orange, which all readers tell apart; the ink stands out from each of them 7:1."""
CELL_INK = "#14171c"
FULL_COLOR = math.log(2)
"""At twice the other's figure, and beyond, a cell has the whole colour."""


def matrix(results: Results, workload: str) -> Chart | None:
    """The contestant of each line against that of each column, by the primary metric."""
    primary = workloads.of(workload).primary
    rows = [
        cell
        for pair in results.workloads[workload].comparisons
        if pair.primary and pair.metric == primary.name and pair.ratio.value
        for cell in _cells(pair, pair.ratio)
    ]
    if not rows:
        return None
    compared = {row["line"] for row in rows}
    order = [name for name in ordered(results, workload) if name in compared]
    base = alt.Chart(alt.InlineData(values=rows)).encode(
        x=alt.X("column:N", sort=order, title=None, axis=alt.Axis(orient="top", labelAngle=0)),
        y=alt.Y("line:N", sort=order, title=None),
        tooltip=[
            alt.Tooltip("line:N", title="Contestant"),
            alt.Tooltip("column:N", title="Against"),
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
        f"Every pair, {primary.label.lower()}: {workload}",
        f"{primary.label} of the contestant on the left, times that of the one above. ▲ blue: "
        f"better; ▼ orange: worse. Grey: △ better or ▽ worse, {verdicts.PERHAPS_A_TIE}; "
        "= equivalent; ? no difference detected.",
        tiles + figures,
        height=CELL_HEIGHT * len(order),
        table=comparisons(results, workload, primary.name),
    )


def _cells(pair: Comparison, ratio: Estimate) -> list[dict[str, str | float]]:
    """A pair stands in the matrix twice, the second time turned round."""
    turned = TURNED.get(pair.verdict, pair.verdict)
    return [
        _cell(pair.a, pair.b, ratio, pair.verdict, pair.metric),
        _cell(pair.b, pair.a, reciprocal(ratio), turned, pair.metric),
    ]


def _cell(
    line: str, column: str, ratio: Estimate, verdict: str, metric_name: str
) -> dict[str, str | float]:
    assert ratio.value is not None
    direction = 1 if metrics.of(metric_name).better == "higher" else -1
    shown = number(ratio.value, ratio_places(ratio.value))
    side = verdicts.side(verdict, ratio, metric_name)
    return {
        "line": line,
        "column": column,
        "ratio": shown,
        "interval": ratio_interval(ratio) or NO_INTERVAL,
        "verdict": verdicts.of(verdict, ratio, metric_name),
        "text": f"{SIDES[side] if side else SIGNS[verdict]} {shown}",
        # What is undecided has no colour, however far from 1 it came out.
        "better": direction * math.log(ratio.value) if verdict in TURNED else 0.0,
    }
