"""In how many runs a true difference is found."""

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
    """Shares of the pairs of an even contestant and the slower one."""

    called: float
    """The report calls the slower one slower."""
    beyond_control: float
    """It would, if the A/A interval's far end were always the tie, and not only where that interval
    leaves out 1."""
    apart: float
    """The interval does not hold 1."""


def experiment(
    profile: Profile, contestants: int, difference: float, machine: Machine
) -> Experiment:
    """A profile, and contestants that are equal but for one, which is slower by `difference`."""
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
    """`together`: trials of a block."""
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
    # By name every even contestant comes before the slower one: a is to be the faster.
    return Power(
        called=_share(pair.verdict == "faster" for pair, _ in found),
        beyond_control=_share(_low(pair) > widened.high for pair, widened in found),
        apart=_share(_low(pair) > 1 for pair, _ in found),
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
