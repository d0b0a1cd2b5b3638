"""Regression check of a contestant against itself at another commit, within one run."""

from collections.abc import Iterator
from dataclasses import dataclass

from levelbench.analysis import verdict
from levelbench.analysis.text import biased, too_few_rounds
from levelbench.analysis.two_runs import state as states
from levelbench.analysis.two_runs.state import State
from levelbench.model import metrics, workloads
from levelbench.model.metric import Better
from levelbench.model.results import Comparison, Results, WorkloadResults


@dataclass(frozen=True)
class Judged:
    """The comparison of head with base by a workload's primary metric; the ratio is head / base."""

    workload: str
    pair: Comparison
    state: State

    @property
    def slowdown(self) -> float | None:
        """The largest slowdown that the interval does not exclude; None without an interval."""
        return states.slowdown(self.pair.ratio.confidence_interval, _better(self.pair))


@dataclass(frozen=True)
class Paired:
    """What a run says of the head, compared with the base."""

    name: str
    base: str
    margin: float
    blocks_min: int
    """Rounds in common without which a pair decides nothing."""
    judged: tuple[Judged, ...]
    reserves: tuple[str, ...]
    """Why the run cannot show that the head is not slower, whatever its intervals are."""
    state: State


def judge(results: Results, name: str, base: str, margin: float) -> Paired:
    """Judge the head by each workload's primary metric; the worst state is the run's."""
    judged: list[Judged] = []
    reserves = list(_reserves(results))
    for workload, measured in results.workloads.items():
        pairs = _pairs(workload, measured, name, base)
        if not pairs:
            reserves.append(f"{workload} has no comparison of the two")
        for pair in pairs:
            why = _undecidable(results, measured, pair)
            state: State = "undecided"
            if why:
                reserves.append(f"{workload}: {why}")
            else:
                interval = pair.ratio.confidence_interval
                state = states.state(interval, pair.verdict, _better(pair), margin)
            judged.append(Judged(workload, pair, state))
    return Paired(
        name=name,
        base=base,
        margin=margin,
        blocks_min=results.statistics.verdict_blocks_min,
        judged=tuple(judged),
        reserves=tuple(dict.fromkeys(reserves)),
        state=states.overall((found.state for found in judged), reserved=bool(reserves)),
    )


def _pairs(workload: str, measured: WorkloadResults, name: str, base: str) -> list[Comparison]:
    primary = workloads.of(workload).primary.name
    return [p for p in measured.comparisons if p.metric == primary and (p.a, p.b) == (name, base)]


def _reserves(results: Results) -> Iterator[str]:
    if not results.valid:
        yield "the run is not valid"
    elif not results.publishable:
        yield "the run is not publishable"


def _undecidable(results: Results, measured: WorkloadResults, pair: Comparison) -> str | None:
    """Why a pair has no state but "undecided", whatever its interval is."""
    if not results.valid:
        return "no comparison of a run that is not valid counts"
    noise = measured.control.of(pair.endpoint) if measured.control else None
    if verdict.untrusted(noise, results.statistics.control_limit):
        return biased(results, noise)
    if not pair.primary:
        return "a failed measurement or the database as the limit leaves the ratio unranked"
    if pair.blocks is None or pair.blocks < results.statistics.verdict_blocks_min:
        return too_few_rounds(results.statistics.verdict_blocks_min)
    return None


def _better(pair: Comparison) -> Better:
    return metrics.of(pair.metric).better
