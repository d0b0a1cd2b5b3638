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
from levelbench.report import markdown, verdicts
from levelbench.report.section import Section
from levelbench.report.tables.cells import estimate_cell, ratio_cell
from levelbench.report.tables.table import Cell, Column, Table, Tone
from levelbench.report.terminal import to_rich
from levelbench.report.words import join, noun

TONES: dict[str, Tone] = {"better": "good", "worse": "bad"}
TOGETHER = (
    "B / A compares measurements from different rounds (Welch). Primary metrics decide; their "
    "intervals are simultaneous at 95% (Bonferroni). The other intervals hold at 95% each."
)
BY_RATIO = (
    "Each ratio is computed round by round within its run, which cancels the machine's speed, and "
    "then compared (Welch). The intervals are simultaneous at 95% (Bonferroni)."
)
BY_RATIO_RULE = (
    "Judged by the ratios between contestants: a contestant has changed if its ratio to more than "
    "half of the others has changed."
)
OWN_RULE = (
    "Judged by each contestant's own primary metric, so a slower machine looks like slower "
    "contestants. `--by-ratio` judges by the ratios between contestants instead."
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
    tables = [_own(compared.own), _ratios(compared.ratios)]
    if compared.by_ratio:
        tables.reverse()
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
    """What became worse, what became better, and how sure that is."""
    texts = []
    if compared.newly_failing:
        texts.append(f"{join(compared.newly_failing)} failed in B and not in A.")
    for verdict, word in (("worse", "Worse"), ("better", "Better")):
        found = [_change(compared, c) for c in compared.decided if c.verdict == verdict]
        if found:
            texts.append(f"{word} beyond noise: {'; '.join(found)}.")
    if not compared.decided:
        texts.append(_nothing(compared))
    return [*texts, BY_RATIO_RULE if compared.by_ratio else OWN_RULE]


def _nothing(compared: RunComparison) -> str:
    """How many comparisons there were, and how large a change they exclude."""
    primary = compared.ratios if compared.by_ratio else [c for c in compared.own if c.primary]
    looked_at = [b for change in primary if (b := change.ratio.confidence_interval)]
    if not looked_at:
        return "No primary metric could be compared."
    ends = [end for bounds in looked_at for end in (1 / bounds.low, bounds.high)]
    plural = "" if len(looked_at) == 1 else "s"
    what = f"ratio{plural} between contestants" if compared.by_ratio else f"primary metric{plural}"
    return (
        f"No difference detected in {len(looked_at)} {what}. With 95% confidence, none of them "
        f"changed by a factor of {max(ends):.2f} or more."
    )


def _change(compared: RunComparison, change: Change | Shift) -> str:
    where = _where(change.measure)
    if isinstance(change, Shift):
        against = [
            _against(pair, change.service)
            for pair in compared.ratios
            if pair.measure == change.measure
            and change.service in (pair.service, pair.other)
            and _other(pair, change.service) in change.against
        ]
        return f"{change.service} relative to {join(against)} ({where})"
    return f"{change.service} is at {ratio_text(change.ratio)} times A ({where})"


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
    # The primary ones first, since they decide.
    ordered = sorted(changes, key=lambda change: not change.primary)
    return Table(
        "Each contestant's own results",
        _columns("Contestant", "A", "B"),
        tuple(
            (
                Cell(change.service, None if change.primary else "exploratory"),
                *_place(change.measure),
                estimate_cell(change.before),
                estimate_cell(change.after),
                *_judged(change),
            )
            for change in ordered
        ),
        (TOGETHER,),
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
    return tuple(f"Not compared: {reason}." for reason in compared.left_out)


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
