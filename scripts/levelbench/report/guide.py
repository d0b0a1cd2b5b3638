"""Part 7 of the report, "Which one should you use?": a sentence per need."""

from collections.abc import Sequence
from itertools import combinations

from levelbench.analysis.text import (
    biased,
    display_name,
    interval,
    number,
    ratio_interval,
    ratio_text,
    too_few_rounds,
)
from levelbench.model import metrics
from levelbench.model.estimate import Estimate
from levelbench.model.folder import Run
from levelbench.model.metrics import CPU
from levelbench.model.results import Comparison, Results
from levelbench.report import counts
from levelbench.report.needs import Standing, left_out, standings, unmeasured
from levelbench.report.section import Section
from levelbench.report.standing import reciprocal
from levelbench.report.tables.table import Cell, Column, Table
from levelbench.report.words import NOTHING_TO_COMPARE, display_names, join, noun

RATE_RPS = 1000
"""The rate for which CPU time per request is converted to cores."""

COLUMNS = ("If you need", "This run shows", "Shown in")
TITLE = "Which one should you use?"
INVALID = "This run is not valid, so it supports no choice."
BEST = (
    "“Shown best”: shown to be better than each other contestant, or equivalent to it. “Not "
    "excluded”: no other contestant is shown to be better. “Not measured precisely enough”: the "
    "interval reaches beyond {limit:.0%} either way. Throughput, capacity and "
    "latency at a fixed rate are compared with simultaneous 95% intervals. CPU time, memory and "
    "cold start are exploratory: each of their intervals holds at 95% by itself."
)
NOT_DECIDED = (
    "Not decided by these measurements: how fast your team writes and changes code, what the "
    "framework includes, how it scales beyond one core, and how a large code base behaves. If the "
    "differences above are small compared with your own queries and handlers, choose by those."
)
SAME = (
    "At full speed this is the same observation as {}, so it has no verdict of its own; "
    "WORKLOAD=open measures it independently."
)
CORES_SHARED = (
    "On {cores} cores the database and the load generator share a core. Ratios transfer to other "
    "machines better than requests/s or numbers of cores do."
)


def section(results: Results, run: Run) -> Section:
    """An invalid run supports no choice."""
    if not results.valid:
        return Section("guide", TITLE, (INVALID,), ())
    found = standings(results)
    rows = [_row(results, standing) for standing in found] + counts.rows(results)
    table = Table(
        "By what you need",
        tuple(Column(label, numeric=False) for label in COLUMNS),
        tuple(rows),
        tuple(_not_decided(results)),
    )
    return Section("guide", TITLE, tuple(_summary(results, run, found)), (table,) if rows else ())


def _summary(results: Results, run: Run, found: Sequence[Standing]) -> list[str]:
    """How often each contestant is among the best, and which ones are not considered."""
    decided = [standing for standing in found if standing.decided]
    if decided:
        names = dict.fromkeys(name for standing in decided for name in standing.figures)
        shown = {name: sum(name in standing.shown_best for standing in decided) for name in names}
        possible = {name: sum(name in standing.best for standing in decided) for name in names}
        order = sorted(names, key=lambda name: (-shown[name], -possible[name], name))
        best = [f"{display_name(results, n)} in {shown[n]}" for n in order if shown[n]]
        open_ = [
            f"{display_name(results, n)} in {possible[n] - shown[n]}"
            for n in order
            if possible[n] > shown[n]
        ]
        needs = "the one need" if len(decided) == 1 else f"the {len(decided)} needs"
        parts = [
            f"Of {needs} below that this run compares with intervals, "
            f"shown best: {join(best) or 'no contestant'}"
            + (f"; not excluded as best: {join(open_)}" if open_ else "")
            + "."
        ]
    else:
        parts = [f"No contestant can be called better: {_why_not(results, found)}."]
    if results.status == "partial":
        done = len({trial.number for trial in run.trials})
        parts.append(
            f"The run is partial: {done} of {len(run.record.plan)} planned measurements were made."
        )
    return parts + [
        f"{display_name(results, name)} is not considered: {why}."
        for name, why in left_out(results).items()
    ]


def _why_not(results: Results, found: Sequence[Standing]) -> str:
    if any(standing.uneven for standing in found):
        return biased(results, next(s.uneven for s in found if s.uneven))
    considered = {name for standing in found for name in standing.figures}
    if len(considered) < 2:
        return "fewer than two contestants were measured"
    return too_few_rounds(results.statistics.verdict_blocks_min)


def _row(results: Results, standing: Standing) -> tuple[Cell, ...]:
    texts = [_sentence(results, standing)]
    if standing.need.metric == CPU and (
        standing.decided or (standing.same_as and not standing.uneven) or len(standing.figures) == 1
    ):
        texts.append(_cores(results, standing))
    if standing.unplaced:
        unplaced = join(display_names(results, standing.unplaced))
        texts.append(f"Too few valid measurements to place {unplaced}.")
    texts += [
        f"{display_name(results, name)} is excluded: {why}."
        for name, why in standing.excluded.items()
    ]
    table = standing.shown_in
    return Cell(standing.need.text), Cell(" ".join(texts)), Cell(table.caption, target=table.anchor)


def _sentence(results: Results, standing: Standing) -> str:
    """What the run shows about one need."""
    names = list(standing.figures)
    if not names:
        return "No contestant was measured."
    if len(names) == 1:
        return f"{_named(results, standing, names[0])}; {NOTHING_TO_COMPARE}."
    if standing.uneven:
        bounds = ratio_interval(standing.uneven)
        extent = f" ({bounds})" if bounds else ""
        return f"Not decided: {biased(results, standing.uneven)}{extent}."
    if standing.same_as:
        values = join([_named(results, standing, name) for name in names])
        return f"{values}. {SAME.format(noun(metrics.of(standing.same_as).label))}"
    if not standing.decided:
        values = join([_named(results, standing, name) for name in names])
        why = too_few_rounds(results.statistics.verdict_blocks_min)
        return f"Not decided: {why}. Measured: {values}."
    best = standing.best
    if len(best) == len(names):
        return f"{_tied(results, standing, best)}."
    lead = _lead(results, standing, best)
    if len(best) == 1:
        return f"{_named(results, standing, best[0])}. Its {standing.need.noun} is {lead}."
    first = display_name(results, best[0])
    return f"{_tied(results, standing, best)}. The {standing.need.noun} of {first} is {lead}."


def _tied(results: Results, standing: Standing, names: Sequence[str]) -> str:
    """`No difference is detected between A and B (404 and 400 ms; ratio ...)`."""
    pairs = [standing.pairs.get(frozenset(pair)) for pair in combinations(names, 2)]
    alike = all(pair is not None and pair.verdict == "equivalent" for pair in pairs)
    values = join([number(standing.figures[name].value) for name in names])
    unit = standing.need.metric.unit
    shown = display_names(results, names)
    ratio = _ratio(standing, names[0], names[-1])
    ends = "" if len(names) == 2 else f" of {shown[0]} to {shown[-1]}"
    text = f"No difference beyond a tie is detected between {join(shown)}"
    if standing.imprecise:
        text = f"Not measured precisely enough to compare {join(shown)}"
    if alike:
        text = f"{join(shown)} are equivalent"
    return f"{text} ({values} {unit}; ratio{ends} {ratio})"


def _lead(results: Results, standing: Standing, best: Sequence[str]) -> str:
    """The ratio to the next contestant that is shown to be worse, and to the last one."""
    others = [name for name in standing.figures if name not in best]
    following, last = others[0], others[-1]
    near = _distance(results, standing, best, following)
    if last == following:
        return near
    return f"{near} (next) and {_distance(results, standing, best, last)} (last)"


def _distance(results: Results, standing: Standing, best: Sequence[str], other: str) -> str:
    """The ratio of the first of the best to another; if it is not shown to be better, who is."""
    text = f"{_ratio(standing, best[0], other)} times that of {display_name(results, other)}"
    shown = [name for name in standing.figures if standing.beats(name, other)]
    if best[0] in shown:
        return text
    if shown:
        return f"{text} [not resolved: only {join(display_names(results, shown))} is shown better]"
    return f"{text} [not resolved]"


def _ratio(standing: Standing, one: str, other: str) -> str:
    """`1.55 (1.53 to 1.57)`: one's value over the other's."""
    pair = standing.pairs.get(frozenset((one, other)))
    return ratio_text(_oriented(pair, one)) if pair else "undefined"


def _oriented(pair: Comparison, first: str) -> Estimate:
    return pair.ratio if pair.a == first else reciprocal(pair.ratio)


def _named(results: Results, standing: Standing, name: str) -> str:
    """`Starlette: 404 requests/s (401 to 407)`."""
    figure = standing.figures[name]
    bounds = interval(figure)
    unit = standing.need.metric.unit
    value = f"{number(figure.value)} {unit}" + (f" ({bounds})" if bounds else "")
    return f"{display_name(results, name)}: {value}"


def _cores(results: Results, standing: Standing) -> str:
    """CPU milliseconds per request are cores at 1,000 requests/s."""
    names = list(standing.figures)
    ends = [names[0], names[-1]] if len(names) > 1 else names
    needs = [
        f"{display_name(results, name)} needs {_bounded(standing.figures[name])} cores"
        for name in ends
    ]
    return (
        f"At {RATE_RPS:,} such requests/s, {join(needs)}, counting only the contestant's own CPU "
        "time."
    )


def _bounded(figure: Estimate) -> str:
    bounds = interval(figure)
    return number(figure.value) + (f" ({bounds})" if bounds else "")


def _not_decided(results: Results) -> list[str]:
    """What these measurements do not show."""
    notes = [BEST.format(limit=results.statistics.precise_limit)]
    missing: dict[str, list[str]] = {}
    for need in unmeasured(results):
        missing.setdefault(need.choice, []).append(need.text)
    notes += [
        f"Not measured in this run: {join(texts)}. WORKLOAD={choice} measures it."
        for choice, texts in missing.items()
    ]
    cores = results.environment.cores
    if results.environment.development_grade:
        notes.append(CORES_SHARED.format(cores=cores))
    return [*notes, NOT_DECIDED]
