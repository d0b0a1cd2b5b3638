"""The section "Which one should you use?": a sentence per need."""

from collections.abc import Iterator, Sequence
from itertools import combinations

from levelbench.analysis.text import biased, display_name, interval, number, too_few_rounds
from levelbench.model import metrics
from levelbench.model.estimate import Estimate
from levelbench.model.folder import Run
from levelbench.model.results import Comparison, Results
from levelbench.report import counts
from levelbench.report.needs import Standing, left_out, standings, unmeasured
from levelbench.report.plot import change
from levelbench.report.section import Section
from levelbench.report.standing import reciprocal
from levelbench.report.tables.table import Cell, Column, Table, Tone, filled
from levelbench.report.words import (
    NOTHING_TO_COMPARE,
    display_names,
    join,
    noun,
    number_word,
    percent_places,
    percent_range,
)

COLUMNS = ("If you need", "This run shows", "Shown in")
TITLE = "Which one should you use?"
INVALID = "This run is not valid, so it supports no choice."
NOT_QUOTABLE = "This run may not be quoted, so it decides no need."
BEST = (
    "“Best”: measurably better than each other contestant, or tied with it. “Never beaten”: no "
    "other one was measurably better; the less precise a run is, the fewer are beaten. Differences "
    "under {tie:g}% are ties. CPU time, memory and cold start are exploratory: each of these "
    "intervals is right with 95% confidence by itself."
)
NOT_DECIDED = (
    "These numbers do not show how fast your team writes and changes code. If the differences "
    "above are small compared with your own queries and handlers, choose by those."
)
SAME = "At full speed it follows from {}, so it has no verdict of its own"


def section(results: Results, run: Run) -> Section:
    """An invalid run supports no choice."""
    if not results.valid:
        return Section("guide", TITLE, (INVALID,))
    found = standings(results)
    columns = tuple(Column(label, numeric=False) for label in COLUMNS)
    return Section(
        "guide",
        TITLE,
        tuple(_summary(results, found)),
        tables=filled(
            Table(
                "By measured need",
                columns,
                tuple(_row(results, standing) for standing in found),
                tuple(_notes(results)),
            ),
            Table("By what is counted", columns, tuple(counts.rows(results)), (NOT_DECIDED,)),
        ),
    )


def _summary(results: Results, found: Sequence[Standing]) -> list[str]:
    """On how many needs each contestant is best or beaten, and which ones are not considered."""
    decided = [standing for standing in found if standing.decided]
    parts = [_beaten(results, decided, found)] if decided else [_why_not(results, found)]
    return parts + [
        f"{display_name(results, name)} is not considered: {why}."
        for name, why in left_out(results).items()
    ]


def _beaten(results: Results, decided: Sequence[Standing], found: Sequence[Standing]) -> str:
    """`On the four measured needs FastAPI and Starlette are never beaten; Django is beaten on
    three. Best: Starlette on two.`"""
    names = dict.fromkeys(name for standing in decided for name in standing.figures)
    beaten = {
        name: sum(name in s.figures and name not in s.best for s in decided) for name in names
    }
    best = {name: sum(name in s.shown_best for s in decided) for name in names}
    needs = "one measured need" if len(found) == 1 else f"{number_word(len(found))} measured needs"
    which = (
        f"On the {needs}"
        if len(decided) == len(found)
        else f"Of the {needs}, this run decides {number_word(len(decided))}. On "
        + ("it" if len(decided) == 1 else "those")
    )
    clauses = []
    if never := sorted(name for name in names if not beaten[name]):
        clauses.append(f"{_are(results, never)} never beaten")
    for times in sorted({count for count in beaten.values() if count}):
        those = sorted(name for name in names if beaten[name] == times)
        clauses.append(f"{_are(results, those)} beaten on {number_word(times)}")
    order = sorted((name for name in names if best[name]), key=lambda name: (-best[name], name))
    shown = [f"{display_name(results, name)} on {number_word(best[name])}" for name in order]
    return f"{which} {'; '.join(clauses)}." + (f" Best: {join(shown)}." if shown else "")


def _are(results: Results, names: Sequence[str]) -> str:
    return f"{join(display_names(results, names))} {'is' if len(names) == 1 else 'are'}"


def _why_not(results: Results, found: Sequence[Standing]) -> str:
    considered = {name for standing in found for name in standing.figures}
    if len(considered) < 2:
        return "No contestant can be called better: fewer than two were measured."
    if any(standing.uneven for standing in found):
        why = biased(results, next(s.uneven for s in found if s.uneven))
        return f"No contestant can be called better: {why}."
    if not results.publishable:
        return NOT_QUOTABLE
    why = too_few_rounds(results.statistics.verdict_blocks_min)
    return f"No contestant can be called better: {why}."


def _row(results: Results, standing: Standing) -> tuple[Cell, ...]:
    texts = [_sentence(results, standing)]
    if standing.unplaced:
        unplaced = join(display_names(results, standing.unplaced))
        texts.append(f"Too few valid measurements to place {unplaced}.")
    texts += [
        f"{display_name(results, name)} is excluded: {why}."
        for name, why in standing.excluded.items()
    ]
    table = standing.shown_in
    tone: Tone = "" if standing.decided else "muted"
    return (
        Cell(standing.need.text),
        Cell(" ".join(texts), tone=tone),
        Cell(table.caption, target=table.anchor),
    )


def _sentence(results: Results, standing: Standing) -> str:
    """What the run shows about one need."""
    names = list(standing.figures)
    if not names:
        return "No contestant was measured."
    if len(names) == 1:
        return f"{_named(results, standing, names[0])}; {NOTHING_TO_COMPARE}."
    if standing.same_as:
        same = SAME.format(noun(metrics.of(standing.same_as).label))
        return f"{_values(results, standing)}. {same}; WORKLOAD=open measures it independently."
    if not standing.decided:
        return f"Not decided: {_undecided(results, standing)}. {_values(results, standing)}."
    best = standing.best
    if len(best) == len(names):
        return f"{_tied(results, standing, best)}."
    leads = "; ".join(_leads(results, standing, best))
    if len(best) == 1:
        return f"{_named(results, standing, best[0])}: {leads}."
    first = display_name(results, best[0])
    return f"{_tied(results, standing, best)}. {first}: {leads}."


def _undecided(results: Results, standing: Standing) -> str:
    if standing.uneven:
        bounds = standing.uneven.confidence_interval
        extent = f" ({percent_range(bounds.low - 1, bounds.high - 1)})" if bounds else ""
        return biased(results, standing.uneven) + extent
    if not standing.quotable:
        return "this run may not be quoted"
    return too_few_rounds(results.statistics.verdict_blocks_min)


def _values(results: Results, standing: Standing) -> str:
    """`Starlette 404, FastAPI 400 and Flask 260 requests/s`."""
    texts = [
        f"{display_name(results, name)} {number(figure.value)}"
        for name, figure in standing.figures.items()
    ]
    return f"{join(texts)} {standing.need.metric.unit}"


def _tied(results: Results, standing: Standing, names: Sequence[str]) -> str:
    """`Starlette and FastAPI are too close to call (404 and 400 requests/s; -1 to +3%)`."""
    pairs = [standing.pairs.get(frozenset(pair)) for pair in combinations(names, 2)]
    alike = all(pair is not None and pair.verdict == "equivalent" for pair in pairs)
    values = join([number(standing.figures[name].value) for name in names])
    shown = join(display_names(results, names))
    pair = standing.pairs.get(frozenset((names[0], names[-1])))
    extent = _extent(_oriented(pair, names[0])) if pair else None
    text = f"{shown} are too close to call"
    if standing.imprecise:
        text = f"{shown} were not measured precisely enough to compare"
    if alike:
        text = f"{shown} tie"
    first_to_last = "" if len(names) == 2 else "first to last "
    more = f"; {first_to_last}{extent}" if extent else ""
    return f"{text} ({values} {standing.need.metric.unit}{more})"


def _leads(results: Results, standing: Standing, best: Sequence[str]) -> Iterator[str]:
    """`10% more than FastAPI (4 to 15%)`: the first of the best and each one that is beaten."""
    for other in standing.figures:
        if other in best:
            continue
        pair = standing.pairs.get(frozenset((best[0], other)))
        shown = display_name(results, other)
        if pair is None or pair.ratio.value is None:
            continue
        ratio = _oriented(pair, best[0])
        if standing.beats(best[0], other):
            yield _more(ratio, shown)
        else:
            beating = [name for name in standing.figures if standing.beats(name, other)]
            only = join(display_names(results, beating))
            difference = change(ratio.value or 1.0)
            are = "is" if len(beating) == 1 else "are"
            yield (
                f"only {only} {are} measurably better than {shown}, "
                f"{display_name(results, best[0])}'s {difference} is not resolved"
            )


def _more(ratio: Estimate, other: str) -> str:
    """`10% more than FastAPI (4 to 15%)`, `35% less than Flask (30 to 40%)`."""
    assert ratio.value is not None
    bounds = ratio.confidence_interval
    places = percent_places(bounds.low - 1, bounds.high - 1) if bounds else None
    amount = change(ratio.value, places).lstrip("+-")
    if ratio.value >= 1:
        extent = f" ({percent_range(bounds.low - 1, bounds.high - 1)})" if bounds else ""
        return f"{amount} more than {other}{extent}"
    extent = f" ({percent_range(1 - bounds.high, 1 - bounds.low)})" if bounds else ""
    return f"{amount} less than {other}{extent}"


def _extent(ratio: Estimate) -> str | None:
    bounds = ratio.confidence_interval
    return percent_range(bounds.low - 1, bounds.high - 1) if bounds else None


def _oriented(pair: Comparison, first: str) -> Estimate:
    return pair.ratio if pair.a == first else reciprocal(pair.ratio)


def _named(results: Results, standing: Standing, name: str) -> str:
    """`Starlette: 404 requests/s (401 to 407)`."""
    figure = standing.figures[name]
    bounds = interval(figure)
    unit = standing.need.metric.unit
    value = f"{number(figure.value)} {unit}" + (f" ({bounds})" if bounds else "")
    return f"{display_name(results, name)}: {value}"


def _notes(results: Results) -> list[str]:
    """What the words mean, and what was not measured."""
    notes = [BEST.format(tie=100 * results.statistics.tie_threshold)]
    missing: dict[str, list[str]] = {}
    for need in unmeasured(results):
        missing.setdefault(need.choice, []).append(need.text)
    if missing:
        parts = [f"{join(texts)} (WORKLOAD={choice})" for choice, texts in missing.items()]
        notes.append(f"Not measured in this run: {'; '.join(parts)}.")
    return notes
