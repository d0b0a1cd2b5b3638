"""The answer in two sentences, written from the data, and the labels that go with it."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise
from typing import Literal

from levelbench.analysis import verdict as comparison
from levelbench.analysis.stats import MIN_TRIALS
from levelbench.analysis.text import interval, number, ratio_interval
from levelbench.model import workloads
from levelbench.model.estimate import UNDEFINED, Estimate
from levelbench.model.folder import Run
from levelbench.model.metrics import CAPACITY, THROUGHPUT, Metric
from levelbench.model.results import Comparison, Results, WorkloadResults
from levelbench.report import answer_alone, verdicts
from levelbench.report.standing import better_first, ordered
from levelbench.report.words import clause, join

MANY_CORES = 4
"""Below this many cores database and load generator share one (docs/method.md, "Machine")."""

MIXES = {"no-auth": " that never hash a password", "list": " that ask for the list alone"}
"""What is said of a workload's own mix."""

DIFFERENT = ("better", "worse")
"""Verdicts that say that two contestants differ."""


@dataclass(frozen=True)
class Label:
    """What a reader must know before any figure."""

    text: str
    why: str
    tone: Literal["good", "warn", "bad"]


def labels(results: Results, run: Run) -> list[Label]:
    said = []
    if results.valid:
        said.append(Label("valid", "no check of the run as a whole failed", "good"))
    else:
        said.append(Label("not valid", "see the findings below", "bad"))
    failed = [name for name, summary in results.services.items() if summary.failure]
    if failed:
        said.append(Label(f"{join(failed)} failed", "see the findings below", "bad"))
    if results.status == "partial":
        said.append(Label("partial", f"{_done(run)} planned trials were run", "warn"))
    if not results.publishable:
        said.append(Label("numbers unpublishable", _why_unpublishable(results), "warn"))
    cores = results.environment.cores
    if cores < MANY_CORES:
        said.append(
            Label(
                f"development-grade: {cores} cores",
                "database and load generator share a core; trust ratios more than absolute figures",
                "warn",
            )
        )
    return said


def _why_unpublishable(results: Results) -> str:
    if not results.valid:
        return "the run is not valid"
    limit = results.statistics.control_limit
    if any(comparison.too_wide(_itself(found), limit) for found in results.workloads.values()):
        return f"one contestant against itself reaches beyond {limit:.0%}"
    return f"the {results.profile} profile is too small"


def answer(results: Results, run: Run) -> tuple[str, str]:
    """What was found, and how far it can be trusted: one sentence each."""
    workload = main_workload(results)
    if workload is None:
        return "No workload was run.", trust(results, run, None)
    return found(results, run, workload), trust(results, run, workload)


def main_workload(results: Results) -> str | None:
    """The workload that the answer is about: the first of the table of workloads that was run."""
    return next((name for name in workloads.WORKLOADS if name in results.workloads), None)


def found(results: Results, run: Run, workload: str) -> str:
    measured = results.workloads[workload]
    primary = workloads.of(workload).primary
    contestants = [
        name for name in ordered(results, workload) if results.services[name].role == "contestant"
    ]
    ran = [name for name in contestants if measured.services[name].trials]
    ranked = [name for name in ran if measured.services[name].rank]
    others = [
        name
        for name, summary in results.services.items()
        if summary.role == "contestant" and name not in ran
    ]
    failed = [name for name in others if results.services[name].failure]
    missing = [name for name in others if name in contestants and name not in failed]
    alone = workloads.of(workload).alone  # no ranks, for there is no order over all endpoints
    unranked = [] if alone else [name for name in ran if name not in ranked]
    tail = (
        clause(failed, "failed", "failed")
        + clause(missing, "has no valid trial", "have no valid trial")
        + clause(unranked, "is not ranked", "are not ranked")
    )
    if not ran:
        return "No contestant has a valid figure" + tail + "."
    if alone:
        return f"{answer_alone.found(measured, ran, results.statistics)}{tail}."
    load = _load(measured, workload)
    if len(ran) == 1:
        return f"{load} {_alone(measured, ran[0], primary)}; nothing stands beside it{tail}."
    if all(measured.services[name].trials < MIN_TRIALS for name in ran):
        figures = _figures(measured, ran, primary)
        return (
            f"{load} {figures}, but with fewer than {MIN_TRIALS} trials each "
            f"no difference can be told from noise{tail}."
        )
    if comparison.untrusted(_itself(measured), results.statistics.control_limit):
        return (
            f"{load} nobody is ranked: one contestant against itself did not come out even{tail}."
        )
    if len(ranked) < 2:
        figures = _figures(measured, ran, primary)
        return f"{load} {figures}{tail}."
    return f"{load} {'; '.join(_steps(measured, ranked, primary))}{tail}."


def trust(results: Results, run: Run, workload: str | None) -> str:
    """Whether the run is valid, how much of it there is, and what counts as a tie."""
    done = _done(run)
    if not any(
        service.trials for w in results.workloads.values() for service in w.services.values()
    ):
        return f"The run is not valid: none of its trials is ({done} planned trials were run)."
    if not results.valid:
        causes = join([f.cause for f in results.findings if f.severity == "error" and not f.trials])
        return f"The run is not valid: {causes}."
    extent = "partial but valid" if results.status == "partial" else "valid"
    parts = [f"The run is {extent}: {done} planned trials were run"]
    control = results.workloads[workload].control if workload else None
    bound = comparison.control_bound(control.ratio if control else None)
    tie = comparison.tie_of(run.record.tie_threshold, control.ratio if control else None)
    if control is None:
        parts.append("nothing ran against itself, so its noise is unknown")
    elif bound is None:
        parts.append(f"{control.service} ran against itself too seldom to tell the noise")
    else:
        parts.append(
            f"{control.service} against itself came out as {ratio_interval(control.ratio)}"
            + (
                " over all endpoints, and each endpoint's own noise decides what counts as a tie"
                if control.endpoints
                else f", and differences below {100 * tie.threshold:.1f}% count as ties"
            )
        )
    if not results.publishable:
        parts.append("its numbers are not for publication")
    return "; ".join(parts) + "."


def _load(measured: WorkloadResults, workload: str) -> str:
    load = workloads.of(workload)
    if load.kind == "open":
        return f"At {measured.parameters.rate_rps} requests a second"
    if load.kind == "capacity":
        return f"Within {measured.parameters.objective_ms} ms at the 95th percentile"
    if load.kind == "closed":
        mix = MIXES.get(load.mix or "journey", "")
        return f"Under a closed load of {measured.parameters.vus} users{mix}"
    return f"Under the {workload} load"


def _alone(measured: WorkloadResults, name: str, primary: Metric) -> str:
    bounds = interval(_primary(measured, name, primary))
    return _short(measured, name, primary) + (f" ({bounds})" if bounds else "")


def _figures(measured: WorkloadResults, names: Sequence[str], primary: Metric) -> str:
    """`a handled 402 requests a second, b 399 and c 260`."""
    first, *others = names
    rest = [f"{name} {number(_primary(measured, name, primary).value)}" for name in others]
    return join([_short(measured, first, primary), *rest])


def _primary(measured: WorkloadResults, name: str, primary: Metric) -> Estimate:
    return measured.services[name].estimate(primary) or UNDEFINED


RATES = (THROUGHPUT, CAPACITY)


def _short(measured: WorkloadResults, name: str, primary: Metric) -> str:
    value = number(_primary(measured, name, primary).value)
    if primary in RATES:
        return f"{name} handled {value} requests a second"
    return f"{name} had a {primary.label.lower()} of {value} {primary.unit}"


def _steps(measured: WorkloadResults, ranked: Sequence[str], primary: Metric) -> list[str]:
    """One clause for each neighbouring pair, best first; then those further apart whose difference
    no pair between them shows.
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
        if j - i > 1 and not any(pair.verdict in DIFFERENT for pair in neighbours[i:j])
    ]
    said = [_step(pair, primary) for pair in neighbours]
    return said + [f"but {_step(pair, primary)}" for pair in apart if pair.verdict in DIFFERENT]


def _step(pair: Comparison, primary: Metric) -> str:
    first, second, ratio, verdict = better_first(pair)
    bounds = ratio_interval(ratio)
    side = verdicts.side(verdict, ratio, primary.name)
    if verdict == "better" or side:
        reserve = f", {verdicts.PERHAPS_A_TIE}" if side else ""
        if primary in RATES:
            return f"{first} handled {bounds} times {second}'s requests{reserve}"
        label = primary.label.lower()
        return f"{first}'s {label} was {bounds} times {second}'s{reserve}"
    said = f" (ratio {bounds})" if bounds else ""
    if verdict == "equivalent":
        return f"{first} and {second} were equivalent{said}"
    return f"{first} and {second} could not be told apart{said}"


def _itself(measured: WorkloadResults) -> Estimate | None:
    """The A/A ratio."""
    return measured.control.ratio if measured.control else None


def _done(run: Run) -> str:
    numbers = {trial.number for trial in run.trials}
    return f"{len(numbers)} of {len(run.record.plan)}"
