"""Show the comparison of two runs in the terminal and as Markdown."""

from dataclasses import replace

from rich.console import Group, RenderableType
from rich.text import Text

from levelbench.analysis.text import UNDEFINED, display_name
from levelbench.analysis.two_runs import since
from levelbench.analysis.two_runs.admit import Side
from levelbench.analysis.two_runs.changes import Change, Measure
from levelbench.analysis.two_runs.compare import RunComparison
from levelbench.analysis.two_runs.culprits import OPPOSITE
from levelbench.model import metrics
from levelbench.report import markdown, moved, regression, verdicts
from levelbench.report.section import Section
from levelbench.report.standing import reciprocal
from levelbench.report.tables.cells import change_cell, estimate_cell
from levelbench.report.tables.table import Cell, Column, Table, Tone, filled
from levelbench.report.terminal import to_rich
from levelbench.report.words import display_names

TONES: dict[str, Tone] = {"better": "good", "worse": "bad"}
OWN = (
    "These changes decide nothing: they include the machine's speed on both days. Each interval is "
    "right with 95% confidence (Welch)."
)
BY_RATIO = (
    "How much larger the first value is, compared round by round within each run, which cancels "
    "the machine's speed. With 95% confidence all intervals of the changes are right at once "
    "(Welch, Bonferroni)."
)
RULE = (
    "A framework has changed if its ratio to more than half of the others has changed. Ratios do "
    "not show a change that all have in common."
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
    tables = [_ratios(compared), _own(compared)]
    shown = [
        Section("outcome", "What changed", tuple(outcome(compared)), filled(*tables)),
        Section(
            "differences",
            "Other differences between the runs",
            _left_out(compared),
            filled(_differences(compared)),
        ),
    ]
    return [section for section in shown if section.text or section.tables]


def outcome(compared: RunComparison) -> list[str]:
    """The state, what became slower or faster, and the rule."""
    results = compared.b.results
    slower, faster = (
        [
            moved.sentence(results, since.moved(compared, shift))
            for shift in compared.decided
            if shift.verdict == verdict
        ]
        for verdict in ("worse", "better")
    )
    texts = []
    if compared.state == "slower":
        names = display_names(results, compared.newly_failing)
        failing = [f"{name} failed in B and not in A" for name in names]
        texts.append(regression.slower([*failing, *slower]))
    else:
        slowdowns = [shift.slowdown for shift in compared.shifts]
        texts.append(
            regression.without_slower(compared.state, slowdowns, compared.margin, compared.reserves)
        )
    if faster:
        texts.append(f"Faster: {'; '.join(faster)}.")
    return [*texts, RULE]


def _own(compared: RunComparison) -> Table:
    # The primary metrics first.
    ordered = sorted(compared.own, key=lambda change: not change.measure.decides)
    return Table(
        "Each framework's own results",
        _columns("Framework", "A", "B"),
        tuple(
            (
                Cell(display_name(compared.b.results, change.service)),
                *_place(change.measure),
                estimate_cell(change.before),
                estimate_cell(change.after),
                *_judged(change),
            )
            for change in ordered
        ),
        (OWN,),
    )


def _ratios(compared: RunComparison) -> Table:
    return Table(
        "Differences between frameworks",
        _columns("Pair", "In A", "In B"),
        tuple(
            (
                Cell(" v ".join(display_names(compared.b.results, (first, second)))),
                *_place(change.measure),
                change_cell(change.before),
                change_cell(change.after),
                *_judged(change),
            )
            for first, second, change in map(_larger_first, compared.ratios)
        ),
        (BY_RATIO, "Better or worse refers to the first of the pair."),
    )


def _larger_first(change: Change) -> tuple[str, str, Change]:
    """A pair with the one first that had the larger value in A."""
    other = change.other or ""
    if change.before.value is None or change.before.value >= 1:
        return change.service, other, change
    before, after, ratio = map(reciprocal, (change.before, change.after, change.ratio))
    verdict = OPPOSITE.get(change.verdict, change.verdict)
    turned = replace(change, before=before, after=after, ratio=ratio, verdict=verdict)
    return other, change.service, turned


def _columns(first: str, before: str, after: str) -> tuple[Column, ...]:
    return (
        Column(first, numeric=False),
        Column("Load", numeric=False),
        Column("Metric", numeric=False),
        Column(before),
        Column(after),
        Column("Change"),
        Column("Verdict", numeric=False),
    )


def _place(measure: Measure) -> tuple[Cell, Cell]:
    return Cell(measure.workload, measure.endpoint), Cell(metrics.of(measure.metric).heading)


def _judged(change: Change) -> tuple[Cell, Cell]:
    verdict, metric = change.verdict, change.measure.metric
    side = verdicts.side(verdict, change.ratio, metric)
    text = f"probably {side}" if side else verdicts.VERDICTS[verdict]
    return change_cell(change.ratio), Cell(text, tone=TONES.get(verdict, "muted"))


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
