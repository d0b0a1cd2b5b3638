"""Which one should you use: each sentence from this run's figures, and where they stand."""

from collections.abc import Sequence
from itertools import combinations

from levelbench.analysis.stats import MIN_TRIALS
from levelbench.analysis.text import interval, number, ratio_interval, ratio_text
from levelbench.model.estimate import Estimate
from levelbench.model.folder import Run
from levelbench.model.metrics import CPU
from levelbench.model.results import Comparison, Results
from levelbench.report import counts
from levelbench.report.answer import MANY_CORES
from levelbench.report.needs import Standing, left_out, standings, unmeasured
from levelbench.report.section import Section
from levelbench.report.standing import reciprocal
from levelbench.report.tables.table import Cell, Column, Table
from levelbench.report.words import join

RATE_RPS = 1000
"""What the processor time a request is turned into cores for."""

COLUMNS = ("If you need", "This run shows", "Shown in")
TITLE = "Which one should you use?"


def section(results: Results, run: Run) -> Section:
    """Part 7 of the report. An invalid run advises nothing."""
    if not results.valid:
        return Section(
            "guide", TITLE, ("This run is not valid: it is no ground to choose anything by.",), ()
        )
    found = standings(results)
    rows = [_row(standing) for standing in found] + counts.rows(results)
    table = Table(
        "By what you need",
        tuple(Column(label, numeric=False) for label in COLUMNS),
        tuple(rows),
        tuple(_not_decided(results)),
    )
    return Section("guide", TITLE, tuple(_summary(results, run, found)), (table,) if rows else ())


def _summary(results: Results, run: Run, found: Sequence[Standing]) -> list[str]:
    """Who is among the best how often, and who is not considered at all."""
    said = []
    decided = [standing for standing in found if standing.decided]
    if not decided:
        said.append(f"Nothing can be said of which is better: {_why_not(found)}.")
    else:
        names = dict.fromkeys(name for standing in decided for name in standing.figures)
        counts = {name: sum(name in standing.best for standing in decided) for name in names}
        ordered = sorted(counts, key=lambda name: (-counts[name], name))
        shares = join([f"{name} in {counts[name] or 'none'}" for name in ordered])
        needs = "the one need" if len(decided) == 1 else f"the {len(decided)} needs"
        said.append(
            f"Of {needs} below that this run can tell of, nobody is shown better than {shares}."
        )
    if results.status == "partial":
        done = len({trial.number for trial in run.trials})
        said.append(
            f"The run is partial: this rests on {done} of {len(run.record.plan)} planned trials."
        )
    said += [f"{name} is not considered: {why}." for name, why in left_out(results).items()]
    return said


def _why_not(found: Sequence[Standing]) -> str:
    if any(standing.uneven for standing in found):
        return "one contestant against itself did not come out even"
    considered = {name for standing in found for name in standing.figures}
    if len(considered) < 2:
        return "there are no two contestants with figures"
    return f"with fewer than {MIN_TRIALS} trials each no difference can be told from noise"


def _row(standing: Standing) -> tuple[Cell, ...]:
    said = sentence(standing)
    if standing.need.metric == CPU and (standing.decided or len(standing.figures) == 1):
        said += f" {cores(standing)}"
    if standing.unplaced:
        said += f" {join(standing.unplaced)} had too few valid trials to be placed."
    for name, why in standing.excluded.items():
        said += f" {name} is left out: {why}."
    table = standing.shown_in
    return Cell(standing.need.text), Cell(said), Cell(table.caption, target=table.anchor)


def sentence(standing: Standing) -> str:
    """What the run shows of one need."""
    names = list(standing.figures)
    if not names:
        return "No contestant has a figure."
    if len(names) == 1:
        return f"Only {_named(standing, names[0])} can be considered; nothing stands beside it."
    if standing.uneven:
        return (
            "Nothing: one contestant against itself did not come out even ("
            f"{ratio_interval(standing.uneven)})."
        )
    if not standing.decided:
        return (
            f"Nothing: with fewer than {MIN_TRIALS} blocks in common no difference can be told "
            f"from noise. Measured: {join([_named(standing, name) for name in names])}."
        )
    best = standing.best
    if len(best) == len(names):
        return f"{_tied(standing, best)}."
    if len(best) == 1:
        return f"{_named(standing, best[0])}: {_lead(standing, best)}."
    return f"{_tied(standing, best)}. {best[0]}'s {standing.need.noun} was {_lead(standing, best)}."


def _tied(standing: Standing, names: Sequence[str]) -> str:
    """`No difference detected beyond the tie between a and b (404 and 400 ms; ratio ...)`."""
    within = [standing.pairs.get(frozenset(pair)) for pair in combinations(names, 2)]
    alike = all(pair is not None and pair.verdict == "equivalent" for pair in within)
    values = join([number(standing.figures[name].value) for name in names])
    unit = standing.need.metric.unit
    ratio = _ratio(standing, names[0], names[-1])
    ends = "" if len(names) == 2 else f" of {names[0]} to {names[-1]}"
    said = f"{join(names)} are equivalent"
    if not alike:
        said = f"No difference detected beyond the tie between {join(names)}"
    return f"{said} ({values} {unit}; ratio{ends} {ratio})"


def _lead(standing: Standing, best: Sequence[str]) -> str:
    """The distance to the next that is shown worse, and to the last."""
    others = [name for name in standing.figures if name not in best]
    following, last = others[0], others[-1]
    noun = standing.need.noun if len(best) == 1 else ""
    near = _distance(standing, best, following, noun)
    if last == following:
        return near
    return f"{near}, the next, and {_distance(standing, best, last, '')}, the last"


def _distance(standing: Standing, best: Sequence[str], other: str, noun: str) -> str:
    """The ratio of the first of the best to another, and who is shown better if it is not."""
    said = f"{_ratio(standing, best[0], other)} times {other}'s" + (f" {noun}" if noun else "")
    shown = [name for name in standing.figures if standing.beats(name, other)]
    if best[0] in shown:
        return said
    by = f"only {join(shown)} shown better" if shown else "no difference beyond a tie shown"
    return f"{said} ({by})"


def _ratio(standing: Standing, one: str, other: str) -> str:
    """`1.55 (1.53 to 1.57)`: one's figure over the other's."""
    pair = standing.pairs.get(frozenset((one, other)))
    return ratio_text(_oriented(pair, one)) if pair else "undefined"


def _oriented(pair: Comparison, first: str) -> Estimate:
    return pair.ratio if pair.a == first else reciprocal(pair.ratio)


def _named(standing: Standing, name: str) -> str:
    """`starlette with 404 requests/s (401 to 407)`."""
    figure = standing.figures[name]
    bounds = interval(figure)
    unit = standing.need.metric.unit
    return f"{name} with {number(figure.value)} {unit}" + (f" ({bounds})" if bounds else "")


def cores(standing: Standing) -> str:
    """Milliseconds a request are cores at 1,000 requests a second."""
    names = list(standing.figures)
    ends = [names[0], names[-1]] if len(names) > 1 else names
    said = [f"{_cores(standing.figures[name])} with {name}" for name in ends]
    return (
        f"{RATE_RPS:,} such requests a second take {join(said)}, by the contestant's own processor "
        "time alone."
    )


def _cores(figure: Estimate) -> str:
    bounds = interval(figure)
    return f"{number(figure.value)} cores" + (f" ({bounds})" if bounds else "")


def _not_decided(results: Results) -> list[str]:
    """What no figure above says."""
    said = [
        "The best are all than whom nobody is shown better. Throughput, capacity and latency at "
        "equal load decide with intervals that hold together at 95%; processor time, memory and "
        "start are exploratory, each interval at 95% on its own.",
    ]
    missing: dict[str, list[str]] = {}
    for need in unmeasured(results):
        missing.setdefault(need.choice, []).append(need.text)
    said += [
        f"This run does not tell who has the {join(texts)}: WORKLOAD={choice} measures it."
        for choice, texts in missing.items()
    ]
    cores = results.environment.cores
    if cores < MANY_CORES:
        said.append(
            f"On {cores} cores database and load generator share one: ratios carry over to another "
            "machine sooner than requests a second or numbers of cores do."
        )
    said.append(
        "Not decided by any of this: how fast your team writes and changes code with it, what it "
        "brings along, how it scales over more than one core, and how a large code base fares. "
        "Where the differences above are small beside your own queries and handlers, choose by "
        "those."
    )
    return said
