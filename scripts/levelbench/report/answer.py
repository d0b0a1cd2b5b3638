"""The answer: at most three sentences of percent from the results, and what they mean."""

from collections.abc import Iterator, Sequence
from itertools import combinations, pairwise

from levelbench.analysis.text import interval, number
from levelbench.model import workloads
from levelbench.model.bracket import Bound
from levelbench.model.estimate import UNDEFINED
from levelbench.model.folder import Run
from levelbench.model.metric import Metric
from levelbench.model.results import Comparison, Results, WorkloadResults
from levelbench.model.topology import cpu_count
from levelbench.model.vocabulary import COMPARED
from levelbench.report import answer_alone, cores, release, verdicts
from levelbench.report.standing import ordered
from levelbench.report.words import (
    MIXES,
    NOTHING_TO_COMPARE,
    capital,
    display_names,
    join,
    kind,
    noun,
    number_word,
)

FEW_CONTESTANTS = 4
"""So many have at most three pairs of neighbours: a sentence each."""

BOUND_WORDS: dict[Bound | None, str] = {"at_least": "at least ", "at_most": "at most ", None: ""}
COUNTED = (
    "Instructions were counted, not timed: see Instructions per request. They rank no contestant."
)

Pairs = dict[frozenset[str], Comparison]


def answer(results: Results, run: Run) -> tuple[str, ...]:
    """What was found, as sentences; the last one is what it means at a small load.

    A run that may not be quoted tells no contestants apart.
    """
    workload = main_workload(results)
    if run.record.counting:
        return (COUNTED, *release.sentences(run.record.choices.release))
    if workload is None:
        return ("No workload was run.",)
    found = (*sentences(results, workload), *release.sentences(run.record.choices.release))
    meaning = cores.so_what(results) if results.publishable else ""
    return (*found, meaning) if meaning else found


def main_workload(results: Results) -> str | None:
    """The workload of the answer: the first of the table of workloads that was run."""
    return next((name for name in workloads.WORKLOADS if name in results.workloads), None)


def found(results: Results, run: Run, workload: str) -> str:
    """The comparison of all contestants under one workload."""
    return " ".join(sentences(results, workload))


def sentences(results: Results, workload: str) -> tuple[str, ...]:
    """The comparison of all contestants under one workload, and who is not part of it."""
    measured = results.workloads[workload]
    names = [name for name in ordered(results, workload) if name in _contestants(results)]
    ran = [name for name in names if measured.services[name].trials]
    others = _not_compared(results, workload, ran)
    if not ran:
        parts: Sequence[str] = [f"no {kind(results, 'framework')} has a valid measurement"]
    elif len(ran) > 1 and not results.publishable:
        parts = [f"this run cannot tell the {number_word(len(ran))} apart"]
    elif workloads.of(workload).alone:
        parts = answer_alone.parts(results, measured, ran)
    else:
        first, *more = _compared(results, measured, workload, ran)
        parts = [f"{load_words(results, measured, workload)}, {first}", *more]
    return tuple(f"{capital(part)}." for part in (*parts, *others))


def _contestants(results: Results) -> list[str]:
    return [name for name, summary in results.services.items() if summary.role in COMPARED]


def _not_compared(results: Results, workload: str, ran: Sequence[str]) -> Iterator[str]:
    """`Flask failed`, `Django is not ranked`: contestants that the sentences do not compare."""
    measured = results.workloads[workload]
    others = [name for name in _contestants(results) if name not in ran]
    failed = [name for name in others if results.services[name].failure]
    missing = [name for name in others if name in measured.services and name not in failed]
    unranked = [name for name in ran if not measured.services[name].rank]
    if workloads.of(workload).alone or not results.publishable or results.has_guest:  # no order
        unranked = []
    if failed:
        yield f"{join(display_names(results, failed))} failed"
    if missing and ran:
        have = "has" if len(missing) == 1 else "have"
        yield f"{join(display_names(results, missing))} {have} no valid measurement"
    if unranked:
        are = "is" if len(unranked) == 1 else "are"
        yield f"{join(display_names(results, unranked))} {are} not ranked"


def load_words(results: Results, measured: WorkloadResults, workload: str) -> str:
    load = workloads.of(workload)
    if load.kind == "open":
        return f"at a fixed rate of {measured.parameters.rate_rps} requests/s"
    if load.kind == "interference":
        return "while many users log in at once"
    if load.kind == "overload":
        return "at twice its throughput"
    if load.kind == "session":
        objective_ms = measured.parameters.objective_ms
        return f"with think time and a p95 latency of at most {objective_ms} ms"
    if load.kind == "capacity":
        return measured.parameters.aim.words if measured.parameters.aim else ""
    one = cpu_count(results.environment.topology["service"]) == 1
    mix = f"{MIXES[load.mix]}," if load.mix in MIXES else ""
    on = " on one core" if one else ""
    return f"with {measured.parameters.vus} users{mix} at full speed{on}"


def _compared(
    results: Results, measured: WorkloadResults, workload: str, ran: Sequence[str]
) -> list[str]:
    primary = workloads.of(workload).primary
    if len(ran) == 1:
        alone = [] if results.has_guest else [NOTHING_TO_COMPARE]
        return [_value(results, measured, ran[0], primary), *alone]
    ranked = [name for name in ran if measured.services[name].rank]
    if len(ranked) < 2:
        return [join([_value(results, measured, name, primary) for name in ran])]
    pairs = {
        frozenset((pair.a, pair.b)): pair
        for pair in measured.comparisons
        if pair.primary and pair.metric == primary.name
    }
    if len(ranked) > FEW_CONTESTANTS:
        return list(_summary(results, measured, ranked, pairs))
    return [_of_group(results, group, pairs) for group in _groups(ranked, pairs)]


def _value(results: Results, measured: WorkloadResults, name: str, primary: Metric) -> str:
    """`Flask served 402 requests/s (400 to 404)`."""
    estimate = measured.services[name].estimate(primary) or UNDEFINED
    bounds = interval(estimate)
    value = f"{BOUND_WORDS[estimate.bound]}{number(estimate.value)}"
    extent = f" ({bounds})" if bounds else ""
    shown = results.services[name].display_name
    if estimate.value is None:
        return f"{shown} has no {noun(primary.label)}: it takes more requests"
    if primary.name in verdicts.RATES:
        unit = primary.unit or verdicts.things(primary.name)
        return f"{shown} {verdicts.RATES[primary.name]} {value} {unit}{extent}"
    return f"{shown} had a {noun(primary.label)} of {value} {primary.unit}{extent}"


def _groups(ranked: Sequence[str], pairs: Pairs) -> list[list[str]]:
    """Neighbours that are shown to differ, as pairs, and runs of those that are not."""
    groups: list[list[str]] = []
    open_run = False
    for one, other in pairwise(ranked):
        apart = _differ(pairs[frozenset((one, other))])
        if open_run and not apart:
            groups[-1].append(other)
        else:
            groups.append([one, other])
        open_run = not apart
    return groups


def _of_group(results: Results, group: Sequence[str], pairs: Pairs) -> str:
    """A pair, or three and more of which no neighbours are shown to differ."""
    if len(group) == 2:
        return verdicts.sentence(results, pairs[frozenset(group)])
    within = [pairs[frozenset(both)] for both in combinations(group, 2)]
    names = join(display_names(results, group))
    if all(pair.verdict == "equivalent" for pair in within):
        return f"{names} tie: they differ by less than {100 * results.statistics.tie_threshold:g}%"
    apart = [pair for pair in within if _differ(pair)]
    if not apart:
        return f"{names} are too close to call"
    widest = max(apart, key=lambda pair: abs((pair.ratio.value or 1) - 1))
    return (
        f"no two neighbours among {names} are shown to differ, but "
        f"{verdicts.sentence(results, widest)}"
    )


def _summary(
    results: Results, measured: WorkloadResults, ranked: Sequence[str], pairs: Pairs
) -> Iterator[str]:
    """Of many contestants: the first, the distance to the last, and how many pairs differ."""
    leaders = [name for name in ranked if (measured.services[name].rank or (0,))[0] == 1]
    if len(leaders) == 1:
        second = next(name for name in ranked if name not in leaders)
        yield verdicts.sentence(results, pairs[frozenset((leaders[0], second))])
    elif len(leaders) <= FEW_CONTESTANTS:
        yield f"{join(display_names(results, leaders))} share the lead: no two of them differ"
    elif leaders == list(ranked):
        yield f"no two of the {len(ranked)} frameworks are shown to differ"
        return
    else:
        yield f"{len(leaders)} of {len(ranked)} frameworks share the lead: no two of them differ"
    last = pairs[frozenset((leaders[0], ranked[-1]))] if ranked[-1] not in leaders else None
    if last and _differ(last):
        yield f"{verdicts.sentence(results, last)}, the last"
    own = [pairs[frozenset(both)] for both in combinations(ranked, 2)]
    yield f"of {len(own)} pairs, {sum(map(_differ, own))} are shown to differ"


def _differ(pair: Comparison) -> bool:
    return pair.verdict in ("better", "worse")
