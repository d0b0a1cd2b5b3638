"""The contestants two by two."""

from levelbench.report.metrics import metric
from levelbench.report.standing import better_first
from levelbench.report.tables.cells import ratio_cell
from levelbench.report.tables.table import Cell, Column, Table, Tone
from levelbench.results import Results

VERDICTS = {
    "faster": "better",
    "slower": "worse",
    "equivalent": "equivalent",
    "inconclusive": "no difference detected at this precision",
}


def comparisons(results: Results, workload: str, primary: str) -> Table:
    """Each pair of ranked contestants by the primary metric, the better one first."""
    rows = []
    for pair in results.workloads[workload].comparisons:
        if pair.metric != primary or not pair.primary:
            continue
        first, second, ratio, verdict = better_first(pair)
        tone: Tone = "good" if verdict == "faster" else "muted"
        rows.append(
            (Cell(f"{first} / {second}"), ratio_cell(ratio), Cell(VERDICTS[verdict], tone=tone))
        )
    rows.sort(key=lambda row: row[0].text)
    shown = metric(primary)
    return Table(
        f"Every pair: {workload}, {shown.label.lower()}",
        (Column("Pair", numeric=False), Column("Ratio"), Column("Verdict", numeric=False)),
        tuple(rows),
        ("Ratios are taken block by block; the intervals hold together at 95% (Bonferroni).",),
    )


def exploratory(results: Results, workload: str, primary: str) -> Table:
    """The pairs by the other metrics, each interval at 95% on its own."""
    rows = []
    for pair in results.workloads[workload].comparisons:
        if pair.metric == primary:
            continue
        first, second, ratio, verdict = better_first(pair)
        rows.append(
            (
                Cell(f"{first} / {second}"),
                Cell(metric(pair.metric).label),
                ratio_cell(ratio),
                Cell(VERDICTS[verdict], tone="good" if verdict == "faster" else "muted"),
            )
        )
    return Table(
        f"Exploratory comparisons: {workload}",
        (
            Column("Pair", numeric=False),
            Column("Metric", numeric=False),
            Column("Ratio"),
            Column("Verdict", numeric=False),
        ),
        tuple(rows),
        ("Each interval holds at 95% on its own: among many, some miss. Not used for ranks.",),
        folded=True,
    )
