"""Statistical power: how often a true difference is found."""

from collections.abc import Iterable
from dataclasses import dataclass

from levelbench.analysis import verdict
from levelbench.analysis.derive import derive
from levelbench.model.config import Profile
from levelbench.model.results import Comparison, Results
from tests.unit.simulation.machine import Machine, Timing, TurnsTiming
from tests.unit.simulation.runs import Experiment, primaries

SLOWER = "slower"


@dataclass(frozen=True)
class Power:
    """Shares of the pairs that consist of an equal contestant and the slower one."""

    called: float
    """The report calls the slower contestant worse."""
    beyond_control: float
    """The same if the far end of the A/A interval were always the tie, and not only where that
    interval excludes 1."""
    excludes_one: float
    """The interval excludes 1."""


def experiment(
    profile: Profile, contestants: int, difference: float, machine: Machine
) -> Experiment:
    """A profile with equal contestants, except one that is slower by `difference`."""
    even = {f"even-{number}": 1.0 for number in range(1, contestants)}
    references = ("floor",) if profile.references else ()
    together = contestants + len(references) + profile.control
    return Experiment(
        blocks=profile.blocks,
        timing=timing_of(profile, together),
        truth=even | {SLOWER: 1 - difference},
        references=references,
        control=profile.control,
        machine=machine,
    )


def timing_of(profile: Profile, together: int) -> Timing | TurnsTiming:
    """`together`: number of trials in a block."""
    if profile.slices == 1:
        return Timing(profile.warmup_s, profile.measure_s)
    return TurnsTiming(profile.warmup_s, profile.measure_s, profile.slices, together)


def power(design: Experiment, runs: int, seed: int) -> Power:
    found = [
        (pair, _widened(results, design.tie_threshold))
        for results in map(derive, design.runs(runs, seed))
        for pair in primaries(results)
        if SLOWER in (pair.a, pair.b)
    ]
    # By name every equal contestant comes before the slower one: it is a, the better one.
    return Power(
        called=_share(pair.verdict == "better" for pair, _ in found),
        beyond_control=_share(_low(pair) > widened.high for pair, widened in found),
        excludes_one=_share(_low(pair) > 1 for pair, _ in found),
    )


def _widened(results: Results, threshold: float) -> verdict.Tie:
    (measured,) = results.workloads.values()
    bound = verdict.control_bound(measured.control.ratio) if measured.control else None
    return verdict.Tie(max(threshold, bound or 0.0))


def _low(pair: Comparison) -> float:
    assert pair.ratio.confidence_interval is not None
    return pair.ratio.confidence_interval.low


def _share(found: Iterable[bool]) -> float:
    values = list(found)
    return sum(values) / len(values)
