"""Show the comparison of two runs that count instructions."""

from rich.console import Group, RenderableType
from rich.text import Text

from levelbench.analysis.two_runs.counted import ADDED_MAX
from levelbench.analysis.two_runs.counts import CountComparison
from levelbench.model.estimate import Interval
from levelbench.report import markdown
from levelbench.report.counted import NOT_TIME, size
from levelbench.report.section import Section
from levelbench.report.tables.counted import MILLION, VERDICTS
from levelbench.report.tables.table import Cell, Column, Table
from levelbench.report.terminal import to_rich
from levelbench.report.words import join

NOTE = (
    "Means over the hash seeds that both runs have. The change is the geometric mean over seeds of "
    "B / A; small print: with 95% confidence all intervals are right at once (Student's t, "
    "Bonferroni)."
)


def to_markdown(found: CountComparison) -> str:
    return markdown.of_section(section(found)) + "\n"


def to_terminal(found: CountComparison) -> RenderableType:
    shown = section(found)
    texts = (Text(text) for text in shown.text)
    return Group(Text(shown.title, style="bold"), *texts, *map(to_rich, shown.tables))


def section(found: CountComparison) -> Section:
    """The outcome first, then a row per service and endpoint, largest change first."""
    a, b = (run.record.run_id for run in (found.a, found.b))
    return Section(
        "compared-instructions",
        f"Instructions per request: run {b} (B) compared with {a} (A)",
        (
            outcome(found),
            *([f"Not decided: {join(found.reserves)}."] if found.reserves else []),
            NOT_TIME,
        ),
        tables=(_table(found),),
    )


def outcome(found: CountComparison) -> str:
    """What has changed, in one sentence."""
    names = found.b.record.services
    more = [
        f"{names[name].display_name} executes {size(change.ratio)} on {endpoint}"
        for (name, endpoint), change in found.changes.items()
        if change.state == "more"
    ]
    if more:
        return f"More instructions: {join(more)}."
    if found.state == "no more":
        return f"No endpoint has more than {100 * ADDED_MAX:g}% added."
    return "Undecided: no endpoint was shown to execute more instructions."


def _table(found: CountComparison) -> Table:
    rows = []
    ordered = sorted(found.changes.items(), key=lambda item: -abs(item[1].added / item[1].base))
    for (name, endpoint), change in ordered:
        word, tone = VERDICTS[change.state]
        bounds = change.ratio.confidence_interval
        rows.append(
            (
                Cell(found.b.record.services[name].display_name),
                Cell(endpoint),
                Cell(f"{change.base / MILLION:.3f}"),
                Cell(f"{change.head / MILLION:.3f}"),
                Cell(_percent(change.ratio.value or 1.0), _extent(bounds) if bounds else None),
                Cell(word.format(added=f"{100 * ADDED_MAX:g}%"), tone=tone),
            )
        )
    return Table(
        "Instructions per request in both runs",
        (
            Column("Contestant", numeric=False),
            Column("Endpoint", numeric=False),
            Column("A, million"),
            Column("B, million"),
            Column("Change"),
            Column("Verdict", numeric=False),
        ),
        tuple(rows),
        (NOTE,),
    )


def _extent(bounds: Interval) -> str:
    return f"{_percent(bounds.low)} to {_percent(bounds.high)}"


def _percent(ratio: float) -> str:
    return f"{100 * (ratio - 1):+.2f}%"
