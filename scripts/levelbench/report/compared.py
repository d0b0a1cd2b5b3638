"""Show the comparison of two runs in the terminal and as Markdown."""

from collections.abc import Iterable, Sequence

from rich.console import Group, RenderableType
from rich.text import Text

from levelbench.analysis.text import UNDEFINED, ratio_text
from levelbench.analysis.two_runs.admit import Side
from levelbench.analysis.two_runs.changes import Change, Measure
from levelbench.analysis.two_runs.compare import RunComparison
from levelbench.analysis.two_runs.culprits import Shift
from levelbench.model import metrics
from levelbench.report import markdown, regression, verdicts
from levelbench.report.section import Section
from levelbench.report.tables.cells import estimate_cell, ratio_cell
from levelbench.report.tables.table import Cell, Column, Table, Tone
from levelbench.report.terminal import to_rich
from levelbench.report.words import join, noun

TONES: dict[str, Tone] = {"better": "good", "worse": "bad"}
OWN = (
    "B / A compares measurements from different rounds (Welch); each interval holds at 95%. It "
    "includes the machine's speed on both days, so these values decide nothing."
)
BY_RATIO = (
    "Each ratio is computed round by round within its run, which cancels the machine's speed, and "
    "then compared (Welch). The intervals are simultaneous at 95% (Bonferroni)."
)
RULE = (
    "Judged by the ratios between contestants: a contestant has changed if its ratio to more than "
    "half of the others has changed. If all changed by the same factor, ratios do not show it."
)


def to_markdown(compared: RunComparison) -> str:
    parts = [f"# {markdown.escape(_title(compared))}"]
    parts += [markdown.of_section(section) for section in sections(compared)]
    return "\n\n".join(parts) + "\n"


def to_terminal(compared: RunComparison) -> RenderableType:
    parts: list[RenderableType] = [Text(_title(compared), style="bold")]
    for section in sections(compared):
        parts += [Text(f"\n{section.title}", style="bold"), *map(Text, section.text)]
        parts += [to_rich(table) for table in section.tables]
    return Group(*parts)


def _title(compared: RunComparison) -> str:
    return f"Run {compared.b.name} (B) compared with {compared.a.name} (A)"


def sections(compared: RunComparison) -> list[Section]:
    """The outcome, the tables and the differences between the runs; what decides comes first."""
    tables = [_ratios(compared.ratios), _own(compared.own)]
    shown = [
        Section("outcome", "What changed", tuple(outcome(compared)), _filled(tables)),
        Section(
            "differences",
            "Other differences between the runs",
            _left_out(compared),
            _filled([_differences(compared)]),
        ),
    ]
    return [section for section in shown if section.text or section.tables]


def outcome(compared: RunComparison) -> list[str]:
    """The state, what became slower or faster, and the rule."""
    slower, faster = (
        [_shift(compared, shift) for shift in compared.decided if shift.verdict == verdict]
        for verdict in ("worse", "better")
    )
    texts = []
    if compared.state == "slower":
        failing = [f"{name}, which failed in B and not in A" for name in compared.newly_failing]
        texts.append(regression.slower([*failing, *slower]))
    else:
        slowdowns = [shift.slowdown for shift in compared.shifts]
        texts.append(
            regression.without_slower(compared.state, slowdowns, compared.margin, compared.reserves)
        )
    if faster:
        texts.append(f"Faster: {'; '.join(faster)}.")
    return [*texts, RULE]


def _shift(compared: RunComparison, shift: Shift) -> str:
    against = [
        _against(pair, shift.service)
        for pair in compared.ratios
        if pair.measure == shift.measure
        and shift.service in (pair.service, pair.other)
        and _other(pair, shift.service) in shift.against
    ]
    return f"{shift.service} relative to {join(against)} ({_where(shift.measure)})"


def _other(pair: Change, service: str) -> str | None:
    return pair.other if pair.service == service else pair.service


def _against(pair: Change, service: str) -> str:
    """The pair's ratio is the first one's over the second's, and is shown as it is."""
    name = f"{pair.service} / {pair.other}"
    return f"{_other(pair, service)} ({name} is at {ratio_text(pair.ratio)} times A)"


def _where(measure: Measure) -> str:
    parts = [measure.workload, *([measure.endpoint] if measure.endpoint else [])]
    return f"{', '.join(parts)}: {noun(metrics.of(measure.metric).label)}"


def _own(changes: Sequence[Change]) -> Table:
    # The primary metrics first.
    ordered = sorted(changes, key=lambda change: not change.measure.decides)
    return Table(
        "Each contestant's own results",
        _columns("Contestant", "A", "B"),
        tuple(
            (
                Cell(change.service),
                *_place(change.measure),
                estimate_cell(change.before),
                estimate_cell(change.after),
                *_judged(change),
            )
            for change in ordered
        ),
        (OWN,),
    )


def _ratios(changes: Sequence[Change]) -> Table:
    return Table(
        "Ratios between contestants",
        _columns("Pair", "Ratio in A", "Ratio in B"),
        tuple(
            (
                Cell(f"{change.service} / {change.other}"),
                *_place(change.measure),
                ratio_cell(change.before),
                ratio_cell(change.after),
                *_judged(change),
            )
            for change in changes
        ),
        (BY_RATIO, "Better or worse refers to the first of the pair."),
    )


def _columns(first: str, before: str, after: str) -> tuple[Column, ...]:
    return (
        Column(first, numeric=False),
        Column("Workload", numeric=False, short="Load"),
        Column("Metric", numeric=False),
        Column(before),
        Column(after),
        Column("B / A"),
        Column("Verdict", numeric=False),
    )


def _place(measure: Measure) -> tuple[Cell, Cell]:
    return Cell(measure.workload, measure.endpoint), Cell(metrics.of(measure.metric).heading)


def _judged(change: Change) -> tuple[Cell, Cell]:
    verdict = verdicts.of(change.verdict, change.ratio, change.measure.metric)
    return ratio_cell(change.ratio), Cell(verdict, tone=TONES.get(change.verdict, "muted"))


def _left_out(compared: RunComparison) -> tuple[str, ...]:
    refused = [f"Not compared: {reason}." for reason in compared.left_out]
    return (*refused, *(f"{warning}." for warning in compared.warnings))


def _differences(compared: RunComparison) -> Table:
    rows = [
        (Cell("Started"), *(Cell(_started(side)) for side in (compared.a, compared.b))),
        *(
            (Cell(found.what), Cell(found.a or UNDEFINED), Cell(found.b or UNDEFINED))
            for found in compared.differences
        ),
    ]
    return Table(
        "The runs",
        tuple(Column(label, numeric=False) for label in ("Property", "A", "B")),
        tuple(rows),
        ("Processor, cores, limits, schema, data and load are the same in both runs.",),
    )


def _started(side: Side) -> str:
    return f"{side.run.record.started_at:%Y-%m-%d %H:%M:%S} UTC"


def _filled(tables: Iterable[Table]) -> tuple[Table, ...]:
    return tuple(table for table in tables if table.rows)
