"""The answer in a few sentences, written from the results, and the labels that qualify it."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise
from typing import Literal

from levelbench.analysis import verdict as comparison
from levelbench.analysis.stats import MIN_TRIALS
from levelbench.analysis.text import biased, interval, value_text
from levelbench.model import workloads
from levelbench.model.estimate import UNDEFINED, Estimate
from levelbench.model.folder import Run
from levelbench.model.metrics import Metric
from levelbench.model.results import Comparison, Results, WorkloadResults
from levelbench.report import answer_alone, verdicts
from levelbench.report.standing import ordered
from levelbench.report.words import (
    FEW,
    MIXES,
    NOTHING_TO_COMPARE,
    clause,
    counted,
    deviation,
    display_names,
    join,
    measured_twice,
    noun,
)


@dataclass(frozen=True)
class Label:
    """A limitation that a reader must know before any number."""

    text: str
    why: str
    tone: Literal["good", "warn", "bad"]


def labels(results: Results, run: Run) -> list[Label]:
    """The run's status: valid, partial, for publication, and the machine's size."""
    if results.valid:
        shown = [Label("valid", counted(results), "good")]
    else:
        shown = [Label("not valid", " ".join(results.reasons), "bad")]
    failed = [summary.display_name for summary in results.services.values() if summary.failure]
    if failed:
        shown.append(Label(f"{join(failed)} failed", "see Findings", "bad"))
    if results.status == "partial":
        shown.append(Label("partial", f"{_done(run)} planned measurements were made", "warn"))
    if results.valid and not results.publishable:
        shown.append(Label("not publishable", " ".join(results.reasons), "warn"))
    cores = results.environment.cores
    if results.environment.development_grade:
        why = (
            "the database and the load generator share a core: ratios are more reliable than "
            "absolute numbers"
        )
        shown.append(Label(f"development-grade: {cores} cores", why, "warn"))
    return shown


def answer(results: Results, run: Run) -> tuple[str, str]:
    """What was found, and how far it can be trusted."""
    workload = main_workload(results)
    if workload is None:
        return "No workload was run.", trust(results, run, None)
    return found(results, run, workload), trust(results, run, workload)


def main_workload(results: Results) -> str | None:
    """The workload of the answer: the first of the table of workloads that was run."""
    return next((name for name in workloads.WORKLOADS if name in results.workloads), None)


def found(results: Results, run: Run, workload: str) -> str:
    """The comparison of all contestants under one workload, in a sentence."""
    measured = results.workloads[workload]
    isolated = workloads.of(workload).alone
    names = [name for name in ordered(results, workload) if name in _contestants(results)]
    ran = [name for name in names if measured.services[name].trials]
    tail = _not_compared(results, workload, ran)
    if not ran:
        return f"No contestant has a valid measurement{tail}."
    if isolated:
        return f"{answer_alone.found(results, measured, ran)}{tail}."
    return f"{_load(measured, workload)} {_compared(results, measured, workload, ran)}{tail}."


def _contestants(results: Results) -> list[str]:
    return [name for name, summary in results.services.items() if summary.role == "contestant"]


def _not_compared(results: Results, workload: str, ran: Sequence[str]) -> str:
    """`; Flask failed; Django is not ranked`: contestants that the sentence does not compare."""
    measured = results.workloads[workload]
    others = [name for name in _contestants(results) if name not in ran]
    failed = [name for name in others if results.services[name].failure]
    missing = [name for name in others if name in measured.services and name not in failed]
    unranked = [name for name in ran if not measured.services[name].rank]
    if workloads.of(workload).alone:  # isolated endpoints have no common order
        unranked = []
    return (
        clause(display_names(results, failed), "failed", "failed")
        + clause(
            display_names(results, missing),
            "has no valid measurement",
            "have no valid measurement",
        )
        + clause(display_names(results, unranked), "is not ranked", "are not ranked")
    )


def _compared(
    results: Results, measured: WorkloadResults, workload: str, ran: Sequence[str]
) -> str:
    primary = workloads.of(workload).primary
    ranked = [name for name in ran if measured.services[name].rank]
    if len(ran) == 1:
        estimate = _primary(measured, ran[0], primary)
        bounds = interval(estimate)
        return (
            _value(results, measured, ran[0], primary)
            + (f" ({bounds})" if bounds else "")
            + f"; {NOTHING_TO_COMPARE}"
        )
    if all(measured.services[name].trials < MIN_TRIALS for name in ran):
        return f"{_values(results, measured, ran, primary)}, but {FEW}"
    if comparison.untrusted(_control(measured), results.statistics.control_limit):
        return f"no contestant is ranked: {biased(results, _control(measured))}"
    minimum = results.statistics.verdict_blocks_min
    if len(ranked) > 1 and all(
        verdicts.thin(pair, minimum) for pair in measured.comparisons if pair.primary
    ):
        values = _values(results, measured, ran, primary)
        return f"{values}, but no two have {minimum} rounds in common to be compared by"
    if len(ranked) < 2:
        return _values(results, measured, ran, primary)
    return "; ".join(_steps(results, measured, ranked, primary))


def trust(results: Results, run: Run, workload: str | None) -> str:
    """Whether the run is valid, how complete it is, and what counts as a tie."""
    if not results.valid:
        return " ".join((f"The run is not valid. {counted(results)}.", *results.reasons))
    parts = [counted(results), *_noise(results, workload)]
    if results.status == "partial":
        parts.insert(0, f"The run is partial: {_done(run)} planned measurements were made")
    if not results.publishable:
        parts.append("The run is not publishable")
    return ". ".join(parts) + "."


def _noise(results: Results, workload: str | None) -> list[str]:
    """What the contestants that were measured twice show, and what counts as a tie."""
    control = results.workloads[workload].control if workload else None
    if control is None:
        return ["No contestant was measured twice, so the noise is unknown"]
    twice = measured_twice(results, control)
    differed = deviation(control.ratio)
    if differed is None:
        return [f"{twice}, in too few rounds to estimate the noise"]
    everywhere = ", over all endpoints" if control.endpoints else ""
    return [
        f"{twice} and differed from itself by {differed}{everywhere}",
        f"Differences below {100 * results.statistics.tie_threshold:.1f}% count as ties",
    ]


def _load(measured: WorkloadResults, workload: str) -> str:
    load = workloads.of(workload)
    if load.kind == "open":
        return f"At a fixed rate of {measured.parameters.rate_rps} requests/s,"
    if load.kind == "capacity":
        return f"With a p95 latency of at most {measured.parameters.objective_ms} ms,"
    mix = MIXES.get(load.mix or "journey", "")
    return f"At full speed with {measured.parameters.vus} users{mix},"


def _values(
    results: Results, measured: WorkloadResults, names: Sequence[str], primary: Metric
) -> str:
    """`Flask served 402 requests/s, Django 399 and FastAPI 260`."""
    first, *others = names
    rest = [
        f"{results.services[name].display_name} {value_text(_primary(measured, name, primary))}"
        for name in others
    ]
    return join([_value(results, measured, first, primary), *rest])


def _primary(measured: WorkloadResults, name: str, primary: Metric) -> Estimate:
    return measured.services[name].estimate(primary) or UNDEFINED


def _value(results: Results, measured: WorkloadResults, name: str, primary: Metric) -> str:
    value = value_text(_primary(measured, name, primary))
    shown = results.services[name].display_name
    if primary.name in verdicts.RATES:
        return f"{shown} {verdicts.RATES[primary.name]} {value} requests/s"
    return f"{shown} had a {noun(primary.label)} of {value} {primary.unit}"


def _steps(
    results: Results, measured: WorkloadResults, ranked: Sequence[str], primary: Metric
) -> list[str]:
    """A clause for each pair of neighbours, best first; then those for contestants further apart
    that differ although no pair of neighbours between them does.
    """
    pairs = {
        frozenset((pair.a, pair.b)): pair
        for pair in measured.comparisons
        if pair.primary and pair.metric == primary.name
    }
    neighbours = [pairs[frozenset(both)] for both in pairwise(ranked)]
    apart = [
        pairs[frozenset((ranked[i], ranked[j]))]
        for i, j in combinations(range(len(ranked)), 2)
        if j - i > 1 and not any(map(_differ, neighbours[i:j]))
    ]
    return [verdicts.sentence(results, pair) for pair in neighbours] + [
        f"but {verdicts.sentence(results, pair)}" for pair in apart if _differ(pair)
    ]


def _differ(pair: Comparison) -> bool:
    return pair.verdict in ("better", "worse")


def _control(measured: WorkloadResults) -> Estimate | None:
    """The A/A ratio."""
    return measured.control.ratio if measured.control else None


def _done(run: Run) -> str:
    numbers = {trial.number for trial in run.trials}
    return f"{len(numbers)} of {len(run.record.plan)}"
